using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Datasets;
using KubeMetrics.Pipeline.Notifications;

namespace KubeMetrics.Pipeline.Tests.Notifications;

/// <summary>The truth table, row by row.</summary>
public sealed class ArrivalRulesTests
{
    private static Dataset Of(string name, string location, bool watch = true) =>
        new() { Name = name, Location = StoreUri.Parse(location), Reports = StoreUri.Parse("s3://reports"), Watch = watch };

    [Theory]
    [InlineData("ObjectCreated:Put", "dumps", "kube/2018.json", "kube")]
    [InlineData("ObjectCreated:Copy", "dumps", "kube/deep/2018.json.bz2", "kube")]
    [InlineData("ObjectCreated:CompleteMultipartUpload", "dumps", "kube/2018.json.gz", "kube")]
    [InlineData("ObjectRemoved:Delete", "dumps", "kube/2018.json", "")] // nothing came
    [InlineData("Created", "dumps", "kube/2018.json", "")]
    [InlineData("ObjectCreated:Put", "other", "kube/2018.json", "")] // nobody's
    [InlineData("ObjectCreated:Put", "dumps", "kubernetes/2018.json", "")]
    [InlineData("ObjectCreated:Put", "dumps", "kube", "")]
    [InlineData("ObjectCreated:Put", "dumps", "kube/job/_SUCCESS", "kube")] // a job's output is complete
    [InlineData("ObjectCreated:Put", "dumps", "kube/_SUCCESS", "kube")]
    [InlineData("ObjectCreated:Put", "dumps", "kube/_temporary/0/_SUCCESS", "")]
    [InlineData("ObjectCreated:Put", "dumps", "kube/_temporary/0/part-0.json", "")] // programs' own
    [InlineData("ObjectCreated:Put", "dumps", "kube/.hidden.json", "")]
    [InlineData("ObjectCreated:Put", "dumps", "kube/readme.md", "")] // is never read
    [InlineData("ObjectCreated:Put", "dumps", "quiet/2018.json", "")] // not watched
    [InlineData("ObjectCreated:Put", "all", "x/2018.json", "all,part")] // in both
    [InlineData("ObjectCreated:Put", "all", "y.json", "all")]
    [InlineData("ObjectCreated:Put", "hidden", "_mine/2018.json", "own")] // the prefix itself is the operator's choice
    public void An_arrival_is_for(string name, string bucket, string key, string datasets)
    {
        Dataset[] all =
        [
            Of("kube", "s3://dumps/kube"), Of("quiet", "s3://dumps/quiet", watch: false), Of("all", "s3://all"), Of("part", "s3://all/x"), Of("own", "s3://hidden/_mine"),
            Of("folder", "/kube"),
        ];
        Assert.Equal(datasets, string.Join(',', ArrivalRules.DatasetsOf(new Arrival(name, bucket, key, null, null), all).Select(dataset => dataset.Name)));
    }

    [Theory]
    [InlineData("ObjectRemoved:Delete", "kube/2018.json", "nothing was created")]
    [InlineData("ObjectCreated:Put", "kubernetes/2018.json", "in no dataset's Location")]
    [InlineData("ObjectCreated:Put", "kube/_probe.txt", "of a name that is not read")]
    [InlineData("ObjectCreated:Put", "kube/readme.md", "of a name that is not read")]
    [InlineData("ObjectCreated:Put", "quiet/2018.json", "Watch of quiet is false")]
    public void One_that_is_for_none_tells_why(string name, string key, string why) =>
        Assert.Equal(why, ArrivalRules.WhyIgnored(new Arrival(name, "dumps", key, null, null), [Of("kube", "s3://dumps/kube"), Of("quiet", "s3://dumps/quiet", watch: false)]));
}
