using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Stores;

namespace KubeMetrics.Pipeline.Tests.Stores;

/// <summary>What helps where writing failed.</summary>
public sealed class WriteFailureTests
{
    [Fact]
    public void A_disk_without_room_wants_room()
    {
        var full = Assert.ThrowsAny<IOException>(() => File.WriteAllText("/dev/full", "x"));

        Assert.Equal("Free space there", WriteFailure.Remedy(full, "/"));
        Assert.Equal("Free space there", WriteFailure.Remedy(new ObjectStoreException(ObjectStoreError.Unavailable, "failed", full), "/"));
        Assert.Equal("Free space there", WriteFailure.Remedy(new IOException("space could not be set aside"), "/proc")); // which has none
        Assert.Equal("there is no room left", WriteFailure.Reason(new ObjectStoreException(ObjectStoreError.Unavailable, "failed", full), "/"));
    }

    [Fact]
    public void A_disk_with_less_room_than_a_piece_takes_wants_room()
    {
        var unspecific = new IOException("space could not be set aside");

        Assert.True(WriteFailure.IsFull(unspecific, Path.GetTempPath(), long.MaxValue));
        Assert.False(WriteFailure.IsFull(unspecific, Path.GetTempPath(), 1));
    }

    [Fact]
    public void A_failure_behind_another_that_says_nothing_is_told_by_the_other() =>
        Assert.Equal("There is no bucket", WriteFailure.Reason(new ObjectStoreException(ObjectStoreError.BucketNotFound, "There is no bucket.", new IOException("")), "/"));

    [Fact]
    public void A_folder_that_may_not_be_written_wants_the_right_to()
    {
        var denied = new UnauthorizedAccessException("Access to the path is denied.");

        Assert.Equal("Make it writable for this user", WriteFailure.Remedy(denied, "/proc"));
        Assert.Equal("Make it writable for this user", WriteFailure.Remedy(new IOException("something else"), Path.GetTempPath()));
        Assert.Equal("Access to the path is denied", WriteFailure.Reason(new ObjectStoreException(ObjectStoreError.AccessDenied, "no. Do something.", denied), "/proc"));
    }
}
