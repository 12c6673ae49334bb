using System.Text;
using KubeMetrics.Pipeline.Http;

namespace KubeMetrics.Pipeline.Tests.Http;

/// <summary>What is told of a job that can't be read: which field, and what it takes.</summary>
public sealed class RequestBodyTests
{
    [Theory]
    [InlineData("""{"kind":"foo"}""", "'kind'", "It takes copy, etl, query, summary, probe.")]
    [InlineData("""{"kind":3}""", "'kind'", "It takes copy, etl, query, summary, probe.")]
    [InlineData("""{"kind":"etl","inputs":"x"}""", "'inputs'", "It takes an array of objects.")]
    [InlineData("""{"kind":"etl","inputs":[{"location":"a","form":"xml"}]}""", "'inputs[0].form'", "It takes json, csv, tsv, text, parquet.")]
    [InlineData("""{"kind":"etl","output":{"location":"a","files":1e9}}""", "'output.files'", "It takes a whole number.")]
    [InlineData("""{"kind":"etl","output":{"location":"a","compression":"lz4"}}""", "'output.compression'", "It takes none, gzip, bzip2, snappy, zstd.")]
    [InlineData("""{"kind":"etl","output":{"location":"a","replace":"yes"}}""", "'output.replace'", "It takes true or false.")]
    [InlineData("""{"kind":"etl","resources":4}""", "'resources'", "It takes an object.")]
    [InlineData("""{"kind":"probe","timeLimit":99999999999}""", "'timeLimit'", "It takes a whole number.")]
    [InlineData("""{"kind":"etl","columns":[1]}""", "'columns[0]'", "It takes a text.")]
    [InlineData("""{"kind":"etl","inptus":[]}""", "'inptus'. Is 'inputs' meant?", "There are: version, kind,")]
    [InlineData("""{"inputs":[]}""", "'kind' is missing", "Add it.")]
    [InlineData("[]", "no object", "Send an object")]
    [InlineData("", "empty", "Send an object")]
    [InlineData("{", "no JSON at line 1", "Mend that place.")]
    public void A_mistake_is_told_by_its_field_with_what_that_takes(string json, string detail, string remedy)
    {
        var told = Assert.Throws<BodyException>(() => RequestBody.Parse(Encoding.UTF8.GetBytes(json), ApiJson.Plain.Job));
        Assert.Contains(detail, told.Message);
        Assert.StartsWith(remedy, told.Remedy);
        Assert.DoesNotContain("KubeMetrics.", told.Message + told.Remedy);
    }
}
