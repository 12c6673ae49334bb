namespace KubeMetrics.Pipeline.Tests.Ingest;

/// <summary>Bytes made for tests: the same for the same seed.</summary>
internal static class Contents
{
    public static byte[] Of(int length, int seed = 1)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
