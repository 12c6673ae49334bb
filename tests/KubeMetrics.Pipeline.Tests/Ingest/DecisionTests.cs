using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Ingest;

namespace KubeMetrics.Pipeline.Tests.Ingest;

/// <summary>The truth table of what becomes of a key, row by row.</summary>
public sealed class DecisionTests
{
    // Two MD5s, and one of parts.
    private const string A = "5d41402abc4b2a76b9719d911017c592", B = "7d793037a0760186574b0282f2f435e7", Parts = A + "-3", Opaque = "v1";

    private static ObjectEntry Entry(string etag, long size = 5) => new("k", size, etag, ManualTime.Begin);

    private static string Of(ObjectEntry? source, ObjectEntry? destination, bool wanted = true, bool mirror = false, Copied? before = null) =>
        Decision.Of(new Pair("k", source, destination), before, wanted, mirror).ToString();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_nobody_asked_for_is_left_out_and_left_alone(bool mirror)
    {
        Assert.Equal("LeftOut", Of(Entry(A), null, wanted: false, mirror));
        Assert.Equal("LeftOut", Of(null, Entry(A), wanted: false, mirror));
        Assert.Equal("LeftOut", Of(Entry(A), Entry(B), wanted: false, mirror));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_the_destination_lacks_or_has_in_another_size_is_copied(bool mirror)
    {
        Assert.Equal("Copy", Of(Entry(A), null, mirror: mirror));
        Assert.Equal("Copy", Of(Entry(A), Entry(A, size: 6), mirror: mirror));
    }

    [Theory]
    [InlineData(A, A, "Same")]
    [InlineData(Parts, Parts, "Same")]
    [InlineData(A, B, "Copy")]
    [InlineData(A, Parts, "Copy")]
    [InlineData(Opaque, Opaque, "Copy")] // equal by chance: two versions of two stores
    public void Equal_checksums_of_equal_sizes_are_the_same(string source, string destination, string action) => Assert.Equal(action, Of(Entry(source), Entry(destination)));

    [Theory]
    [InlineData("s1", "d1", "Same")]
    [InlineData("s2", "d1", "Copy")] // the source has changed since
    [InlineData("s1", "d2", "Copy")] // somebody wrote over the copy
    public void What_was_copied_and_is_on_both_sides_as_then_is_the_same(string source, string destination, string action) =>
        Assert.Equal(action, Of(Entry(source), Entry(destination), before: new Copied("k", 5, "s1", "d1", Fate.Copied)));

    [Fact]
    public void What_could_not_be_copied_before_is_copied_again() =>
        Assert.Equal("Copy", Of(Entry("s1"), Entry("d1"), before: new Copied("k", 5, "s1", null, Fate.Failed)));

    [Fact]
    public void What_the_destination_alone_has_is_deleted_from_a_mirror_only()
    {
        Assert.Equal("Keep", Of(null, Entry(A)));
        Assert.Equal("Delete", Of(null, Entry(A), mirror: true));
    }
}
