using System.Collections.Frozen;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace KubeMetrics.Benchmarks;

/// <summary>
/// The least that Kestrel can do: a folder's files, read once, answered from memory by name; 304 to whoever says that he has
/// one; what is sent is appended to a file. No routes, no checks, no headers but those that the body needs, nothing counted or logged.
/// </summary>
internal static class BareEndpoint
{
    private static readonly FrozenDictionary<string, string> Types = new Dictionary<string, string>
    {
        [".html"] = "text/html; charset=utf-8",
        [".json"] = "application/json; charset=utf-8",
        [".png"] = "image/png",
    }.ToFrozenDictionary();

    /// <summary>Says where it listens, and answers until its standard input ends.</summary>
    internal static async Task RunAsync(string folder, int port)
    {
        var files = Directory.GetFiles(folder).ToFrozenDictionary(path => "/" + Path.GetFileName(path), path => (Type: Types[Path.GetExtension(path)], Content: File.ReadAllBytes(path)));
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, port);
        });
        await using var app = builder.Build();
        var kept = new KeptBodies(Path.Combine(folder, ".kept"));
        app.Run(http =>
        {
            if (http.Request.Method == HttpMethods.Post) return kept.AddAsync(http);
            var response = http.Response;
            if (!files.TryGetValue(http.Request.Path.Value!, out var file))
            {
                response.StatusCode = StatusCodes.Status404NotFound;
                return Task.CompletedTask;
            }

            if (http.Request.Headers.IfNoneMatch is [{ } tag, ..])
            {
                response.StatusCode = StatusCodes.Status304NotModified;
                response.Headers.ETag = tag;
                return Task.CompletedTask;
            }

            response.ContentType = file.Type;
            response.ContentLength = file.Content.Length;
            return response.Body.WriteAsync(file.Content).AsTask();
        });
        await app.StartAsync();
        Console.WriteLine($"Serving at {app.Urls.First()}");
        await Console.In.ReadToEndAsync(); // ends with the program that started it
    }

    /// <summary>Appends what is sent to a file, one after another, and answers then. Nothing is read in it, and nothing waits for the disk.</summary>
    private sealed class KeptBodies(string path)
    {
        private readonly SemaphoreSlim _one = new(1);
        private FileStream? _file;

        public async Task AddAsync(HttpContext http)
        {
            using var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body);
            await _one.WaitAsync();
            try
            {
                _file ??= new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, 0, FileOptions.Asynchronous);
                await _file.WriteAsync(body.GetBuffer().AsMemory(0, (int)body.Length));
            }
            finally
            {
                _one.Release();
            }
        }
    }
}
