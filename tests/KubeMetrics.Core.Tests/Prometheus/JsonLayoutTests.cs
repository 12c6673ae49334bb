using System.Text;
using CsCheck;

namespace KubeMetrics.Prometheus;

/// <summary>Which files a reader by lines, and one of a value a file, read whole. What Spark makes of each form was seen on Spark 3.5.3.</summary>
public sealed class JsonLayoutTests
{
    private const string Series = """{"metric":{"a":"{[\"x"},"values":[[1,"2"]]}""";
    private const string Pretty = "{\n  \"metric\": {},\n  \"values\": []\n}";

    private static JsonLayout Of(string text, long enough = long.MaxValue) => JsonLayout.Of(new MemoryStream(Encoding.UTF8.GetBytes(text)), enough, TestContext.Current.CancellationToken);

    [Theory]
    [InlineData(Series, 1, true, true)]
    [InlineData(Series + "\n", 1, true, true)]
    [InlineData(Series + "\n" + Series + "\r\n\n" + Series, 3, true, false)]
    [InlineData("\uFEFF" + Series, 1, true, true)]
    [InlineData("[" + Series + "," + Series + "]", 1, true, true)]
    [InlineData(Pretty, 1, false, true)]
    [InlineData("\n\n" + Pretty + "\n", 1, false, true)]
    [InlineData("[\n" + Series + ",\n" + Series + "\n]", 1, false, true)]
    [InlineData(Pretty + "\n" + Pretty, 2, false, false)]
    [InlineData(Series + "\n" + Pretty, 2, false, false)]
    [InlineData(Series + " " + Series, 2, false, false)]
    [InlineData(Series + Series, 2, false, false)]
    [InlineData(Series + ",\n" + Series, 2, false, false)]
    [InlineData("{\"metric\":{\"a\":\"b\n\"}}", 1, false, true)]
    [InlineData("{\"metric\":{\"a\"\n" + Series, 1, false, false)]
    [InlineData("{\"metric\":{", 1, false, false)]
    [InlineData("not json\n" + Series, 1, true, false)]
    [InlineData("", 0, false, false)]
    [InlineData("nothing", 0, false, false)]
    public void Values_are_on_lines_or_one_whole_or_neither(string text, long values, bool onLines, bool oneWhole) =>
        Assert.Equal(new JsonLayout(values, onLines, oneWhole, false), Of(text));

    [Theory]
    [InlineData("""{"status":"success","data":{"resultType":"matrix","result":[]}}""", true)]
    [InlineData("""{"data":[]}""", true)]
    [InlineData("""{"metric":{},"data":1,"values":[]}""", false)]
    [InlineData("""{"x":{"data":1}}""", false)]
    [InlineData("""{"datax":1,"dat":2}""", false)]
    [InlineData("""{"x":"data"}""", true)] // looked at again for nothing, and rightly read
    public void An_answer_of_the_API_is_known_by_its_data(string text, bool isAnswer) => Assert.Equal((isAnswer, !isAnswer, !isAnswer), (Of(text).IsAnswer, Of(text).OnLines, Of(text).OneWhole));

    [Fact]
    public void Lines_are_looked_at_as_far_as_is_enough_and_others_to_their_end()
    {
        var lines = string.Concat(Enumerable.Repeat(Series + "\n", 10_000));
        Assert.True(Of(lines + Pretty, enough: 1 << 17).OnLines);
        Assert.False(Of(lines + Pretty).OnLines);
        var pretty = "{\"values\":[" + string.Join(",\n", Enumerable.Repeat("[1,\"2\"]", 100_000)) + "]}\n";
        Assert.False(Of(pretty + pretty, enough: 1).OneWhole);
    }

    [Fact]
    public void Wherever_reads_end_the_layout_is_the_same() => Gen.Select(Gen.String[Gen.Char["{}[]\"\\\n\r ,ax"], 0, 40], Gen.Int[1, 5]).Sample((text, size) =>
        Assert.Equal(Of(text), JsonLayout.Of(new Dribble(Encoding.UTF8.GetBytes(text), size), long.MaxValue, default)));

    private sealed class Dribble(byte[] bytes, int size) : Compression.ForwardStream
    {
        private int _at;

        public override int Read(Span<byte> buffer)
        {
            var some = Math.Min(Math.Min(size, buffer.Length), bytes.Length - _at);
            bytes.AsSpan(_at, some).CopyTo(buffer);
            _at += some;
            return some;
        }
    }
}
