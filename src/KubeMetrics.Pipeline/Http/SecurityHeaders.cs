using Microsoft.AspNetCore.Http;

namespace KubeMetrics.Pipeline.Http;

/// <summary>What every answer carries so that a browser does no more with it than it should.</summary>
public static class SecurityHeaders
{
    /// <summary>For reports: they hold data from outside and share the page's origin, so they get none of its rights.</summary>
    public const string ReportPolicy = "sandbox allow-scripts";

    /// <summary>For everything that is no page.</summary>
    public const string NoPagePolicy = "default-src 'none'; frame-ancestors 'none'";

    /// <summary>Sets them for an answer that is no page; pages replace the policy.</summary>
    public static void Set(IHeaderDictionary headers)
    {
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "SAMEORIGIN";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers.ContentSecurityPolicy = NoPagePolicy;
        headers.CacheControl = "no-store";
    }
}
