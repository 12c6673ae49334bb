using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.S3;

namespace KubeMetrics.ObjectStorage.S3;

/// <summary>
/// The SDK's client, but that a key keeps the slash that it begins with. The SDK signs <c>/bucket//key</c> and sends <c>/bucket/key</c>:
/// a signed request is refused for its signature, and one that is not signed comes to another object.
/// </summary>
internal sealed class KeepingClient : AmazonS3Client
{
    internal KeepingClient(AWSCredentials credentials, AmazonS3Config config)
        : base(credentials, config)
    {
    }

    internal KeepingClient(AmazonS3Config config)
        : base(config)
    {
    }

    /// <inheritdoc/>
    protected override void CustomizeRuntimePipeline(RuntimePipeline pipeline)
    {
        base.CustomizeRuntimePipeline(pipeline);
        pipeline.AddHandlerAfter<Signer>(new Slashes());
    }

    /// <summary>Says the slash once more that the SDK is about to leave out: after the request is signed, before its address is put together.</summary>
    private sealed class Slashes : PipelineHandler
    {
        private const string Key = "{Key+}";

        public override Task<T> InvokeAsync<T>(IExecutionContext executionContext)
        {
            var resources = executionContext.RequestContext.Request.PathResources;
            if (resources.TryGetValue(Key, out var key) && key.StartsWith('/')) resources[Key] = "/" + key;
            return base.InvokeAsync<T>(executionContext);
        }
    }
}
