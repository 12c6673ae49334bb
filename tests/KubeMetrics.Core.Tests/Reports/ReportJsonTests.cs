using System.Text;
using System.Text.Json.Nodes;
using KubeMetrics.Prometheus;
using KubeMetrics.Statistics;

namespace KubeMetrics.Reports;

public sealed class ReportJsonTests
{
    private static readonly JsonObject Schema = JsonNode.Parse(File.ReadAllText(PathOf("report.schema.json")))!.AsObject();

    [Fact]
    public void A_report_conforms_to_the_documented_schema_and_uses_all_of_it()
    {
        var validator = new SchemaValidator(Schema);

        var errors = validator.Errors(JsonNode.Parse(ReportJson.Write(Everything())));

        Assert.Empty(errors);
        Assert.Equal(Schema["$defs"]!.AsObject().Select(def => def.Key).Order(), validator.Used.Order());
    }

    [Fact]
    public void A_property_that_is_missing_or_not_in_the_schema_is_noticed()
    {
        var document = JsonNode.Parse(ReportJson.Write(Everything()))!.AsObject();
        document["run"]!.AsObject().Remove("engine");
        document["groups"]![0]!["mode"] = 1;
        document["totals"]!["samples"] = -1;

        Assert.Equal(
            ["$.run.engine is missing", "$.totals.samples is -1", "$.groups[0].mode is not in the schema"],
            new SchemaValidator(Schema).Errors(JsonNode.Parse(document.ToJsonString())));
    }

    [Fact]
    public void Every_property_of_the_schema_is_required_and_described()
    {
        foreach (var (name, definition) in Schema["$defs"]!.AsObject())
        {
            Assert.False(string.IsNullOrWhiteSpace(definition!["description"]?.GetValue<string>()), name);
            if (definition["properties"] is not JsonObject properties) continue;
            Assert.Equal(properties.Select(property => property.Key), definition["required"]!.AsArray().Select(key => key!.GetValue<string>()));
            foreach (var (key, property) in properties)
                Assert.False(string.IsNullOrWhiteSpace(property!["description"]?.GetValue<string>()), $"{name}.{key}");
        }
    }

    [Fact]
    public void Reading_what_was_written_gives_the_same_bytes_again()
    {
        var written = ReportJson.Write(Everything());

        var read = ReportJson.Read(written);

        Assert.Equal(Encoding.UTF8.GetString(written), Encoding.UTF8.GetString(ReportJson.Write(read)));
        Assert.Equal("list_images", read.Groups[0].Series[0].Labels["operation_type"]);
        Assert.Equal(FindingKind.DriftAndStep, read.Findings[0].Kind);
        Assert.Equal(3, read.Groups[0].Counts.Dropped.NaN);
    }

    [Fact]
    public void Numbers_that_are_not_finite_are_null()
    {
        var group = Made.Group("info");
        group = group with
        {
            GeometricMean = double.PositiveInfinity,
            Values = group.Values! with { Variance = double.PositiveInfinity, Skewness = double.NaN },
        };

        var json = JsonNode.Parse(ReportJson.Write(Report.Of(Made.Run(), [group])))!["groups"]![0]!;

        Assert.Null(json["geometricMean"]);
        Assert.Null(json["values"]!["variance"]);
        Assert.Null(json["values"]!["skewness"]);
        Assert.True(double.IsNaN(ReportJson.Read(ReportJson.Write(Report.Of(Made.Run(), [group]))).Groups[0].Values!.Variance));
    }

    [Theory]
    [InlineData("</script><img src=x onerror=alert(1)>")]
    [InlineData("שלום עולם — 操作 🐳 \u202Etxt")]
    [InlineData("\0\u0001\u001b[31m\"\\")]
    public void Hostile_names_are_written_as_text_and_read_back(string name)
    {
        var written = ReportJson.Write(Report.Of(Made.Run(), [Made.Group(name, days: 1)]));

        Assert.DoesNotContain("<", Encoding.UTF8.GetString(written));
        Assert.Equal(name, ReportJson.Read(written).Groups[0].Name);
    }

    [Fact]
    public void Half_a_surrogate_pair_becomes_the_replacement_character()
    {
        // Not a case of the theory above: an attribute cannot hold it.
        var written = ReportJson.Write(Report.Of(Made.Run(), [Made.Group("half \ud83d a pair", days: 1)]));

        Assert.Equal("half \ufffd a pair", ReportJson.Read(written).Groups[0].Name);
    }

    [Theory]
    [InlineData("null", "holds null")]
    [InlineData("{", "damaged")]
    [InlineData("[]", "damaged")]
    [InlineData("""{"schemaVersion":1}""", "damaged")]
    [InlineData("not json", "damaged")]
    public void What_is_no_report_is_refused_in_a_sentence(string text, string expected)
    {
        var e = Assert.Throws<FormatException>(() => ReportJson.Read(Encoding.UTF8.GetBytes(text)));

        Assert.Contains("report.json", e.Message);
        Assert.Contains(expected, e.Message);
    }

    [Fact]
    public void A_later_form_is_refused_with_its_version()
    {
        var document = JsonNode.Parse(ReportJson.Write(Everything()))!;
        document["schemaVersion"] = 2;

        var e = Assert.Throws<FormatException>(() => ReportJson.Read(Encoding.UTF8.GetBytes(document.ToJsonString())));

        Assert.Contains("schema version 2", e.Message);
    }

    [Fact]
    public void The_pointer_leads_to_the_report_and_tells_which_state_is_older()
    {
        var report = Everything();
        var listed = new DateTimeOffset(2018, 2, 11, 6, 0, 0, TimeSpan.Zero);
        var pointer = LatestPointer.To(report, listed);

        Assert.Equal(pointer, ReportJson.ReadLatest(ReportJson.Write(pointer)));
        Assert.Equal("0kx3e2q9w8r7t6y5v4s3/report.json", pointer.Document);
        Assert.Equal("0kx3e2q9w8r7t6y5v4s3/index.html", pointer.Page);
        Assert.False(pointer.IsOlderThan(pointer));
        Assert.True(pointer.IsOlderThan(pointer with { Generated = pointer.Generated.AddSeconds(1) }));
        Assert.True(pointer.IsOlderThan(pointer with { Generated = pointer.Generated.AddDays(-1), AsOf = listed.AddSeconds(1) }));
        // One of an earlier version, which did not tell when its inputs were listed: when it was made.
        Assert.Equal(listed < pointer.Generated, pointer.IsOlderThan(pointer with { AsOf = null }));
        // How far its data reach does not matter: one sample dated into the future would stand for ever.
        Assert.False(pointer.IsOlderThan(pointer with { Period = new(pointer.Period!.Value.From, pointer.Period.Value.To.AddYears(50)) }));
    }

    [Fact]
    public void Totals_period_and_partiality_come_from_the_groups_and_inputs()
    {
        var report = Report.Of(
            Made.Run(new ReportInput { Key = "a.json" }, new ReportInput { Key = "b.json", Problems = ["ends in the middle of a number at byte 812; copy it again."] }),
            [Made.Group("x", days: 2, hosts: ["a", "b"]), Made.Group("y", days: 1), Made.Empty("z", 5)]);

        // 2 hosts × 48 h + 24 h = 120 samples; the last one stands 47 h after the first.
        Assert.Equal(new Totals(2, 3, 3, 120, 5), report.Totals);
        Assert.Equal(new Period(Instants.At(Made.Start), Instants.At(Made.Start + 47 * Made.Hour)), report.Period);
        Assert.True(report.Partial);
        Assert.Equal(["b.json: ends in the middle of a number at byte 812; copy it again."], report.PartialReasons);
    }

    [Fact]
    public void Notes_say_what_was_split_what_is_a_quantile_and_what_is_a_rate()
    {
        var quantile = Made.Group("a") with { Kind = MetricKind.Quantile, Quantile = "0.9", SplitBy = [new("quantile", "0.9")] };
        var counter = Made.Group("b") with { Kind = MetricKind.Counter, Counts = new SampleCounts(10, 0, default, 2) };

        var notes = Report.Of(Made.Run(), [quantile, counter]).Notes;

        Assert.Equal(3, notes.Count);
        Assert.Contains("differ in quantile were split", notes[0]);
        Assert.Contains("already a quantile (0.9)", notes[1]);
        Assert.Contains("rates per second", notes[2]);
        Assert.Contains("2 resets", notes[2]);
        Assert.Empty(Report.Of(Made.Run(), [Made.Group("plain")]).Notes);
    }

    /// <summary>A report in which every part of the form occurs.</summary>
    private static Report Everything()
    {
        var group = Made.Group("list_images", days: 10, hosts: ["a", "b", "c"]) with
        {
            SplitBy = [new("quantile", "0.9")],
            Counts = new SampleCounts(720, 0, new DropCounts { NaN = 3, Infinite = 1, Malformed = 2, Duplicate = 4, Conflicting = 5, OutsideWindow = 6 }, 1),
            Trend = Made.Trends(
                10,
                [Made.Trend(3.1, 0, 6, 1e-7), Made.Trend(0.1, 6, 10, 0.4)],
                [Made.Change(-62, 6)],
                [new Driver(DriverKind.Change, 0, 0, -62, 1), new Driver(DriverKind.Level, 1, null, 2, 1)]),
        };
        group = group with { Series = [group.Series[0] with { Trend = Made.Trend(1, 0, 10, 0.3) }, .. group.Series.Skip(1)] };
        var run = Made.Run(new ReportInput { Key = "b.json", ETag = "\"1\"", Bytes = 12, Problems = ["is not JSON."] });
        run = run with { Options = run.Options with { From = Instants.At(Made.Start), Window = "30d", Unit = "us" }, Incomplete = ["One of two listings failed."] };
        return Report.Of(run, [group, Made.Empty("idle")]) with { Warnings = ["No font."] };
    }

    private static string PathOf(string document)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine(folder.FullName, "docs", document);
            if (File.Exists(path)) return path;
        }

        throw new FileNotFoundException($"docs/{document} lies in no folder above the tests.");
    }
}
