using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using KubeMetrics.Charts;
using KubeMetrics.Cli.Terminal;
using KubeMetrics.ObjectStorage;
using KubeMetrics.ObjectStorage.S3;
using KubeMetrics.Pipeline;
using KubeMetrics.Pipeline.Stores;
using KubeMetrics.Prometheus;

namespace KubeMetrics.Cli.Commands;

/// <summary><c>kubemetrics store mb|ls|put|get|cat|stat</c>: buckets by hand, with the settings that everything else uses.</summary>
internal static class StoreCommand
{
    public const string Name = "store";

    private const string Stdin = "-";

    public static Command Create(Func<Screen> screen) => new(Name, "Make a bucket, list it, put objects there and get them, as settings say it is reached")
    {
        MakeBucket(screen), List(screen), Put(screen), Get(screen), Cat(screen), Stat(screen),
    };

    private static Command MakeBucket(Func<Screen> screen)
    {
        var uri = Uri("The bucket: s3://bucket");
        return Command(screen, "mb", "Make a bucket; that it is there already is no error", [uri], async (at, parsed, bucketOf, cancellationToken) =>
        {
            var place = parsed.GetValue(uri)!;
            if (place.Key.Length > 0) throw new Failure($"'{place}' names more than a bucket; leave out what follows it: s3://{place.Bucket}", ExitCode.Usage);
            await bucketOf(place).CreateBucketAsync(cancellationToken);
            at.Output.WriteLine($"s3://{place.Bucket} is there.");
            return ExitCode.Done;
        });
    }

    private static Command List(Func<Screen> screen)
    {
        var uri = Uri("A bucket or a folder in it: s3://bucket/folder");
        var deep = new Option<bool>("--recursive", "-r") { Description = "Everything below, not only what is in the folder itself" };
        var json = SharedOptions.Json();
        return Command(screen, "ls", "List a bucket or a folder in it", [uri, deep, json], async (at, parsed, bucketOf, cancellationToken) =>
        {
            var place = parsed.GetValue(uri)!;
            var store = bucketOf(place);
            var request = new ListRequest { Prefix = ObjectKey.AsPrefix(place.Key), ByFolder = !parsed.GetValue(deep) };
            var (count, bytes, folders) = (0L, 0L, 0L);
            while (true)
            {
                // Page by page: a bucket may hold more than anybody waits for.
                var page = await store.ListPageAsync(request, cancellationToken);
                foreach (var folder in page.Folders) Line(at, parsed.GetValue(json), folder, null);
                foreach (var entry in page.Objects) Line(at, parsed.GetValue(json), entry.Key, entry);
                (count, bytes, folders) = (count + page.Objects.Count, bytes + page.Objects.Sum(entry => entry.Size), folders + page.Folders.Count);
                if (page.Next is null) break;
                request = request with { ContinuationToken = page.Next };
            }

            if (count + folders == 0 && place.Key.Length > 0 && await store.HeadAsync(place.Key, cancellationToken) is { } one) Line(at, parsed.GetValue(json), one.Key, one);
            else if (count + folders == 0) at.Note($"There is nothing in {place}.");
            else if (!parsed.GetValue(json)) at.Note($"{Many(count, "object")}, {Size(bytes)}{(folders > 0 ? $"; {Many(folders, "folder")}" : "")}.");
            return ExitCode.Done;
        });
    }

    private static Command Put(Func<Screen> screen)
    {
        var file = new Argument<string>("FILE") { Description = "The file, or - for standard input" };
        var uri = Uri("Where to: s3://bucket/key, or s3://bucket/folder/ to keep the file's name");
        return Command(screen, "put", "Put a file into a bucket", [file, uri], async (at, parsed, bucketOf, cancellationToken) =>
        {
            var (path, place) = (parsed.GetValue(file)!, parsed.GetValue(uri)!);
            if (path == Stdin && (place.Key.Length == 0 || place.Key.EndsWith('/'))) throw new Failure($"'{place}' names no key, and what comes from standard input has no name; write s3://{place.Bucket}/{place.Key}NAME", ExitCode.Usage);
            if (path != Stdin && !File.Exists(path)) throw new Failure($"There is no file '{path}'; check the path (now in {Directory.GetCurrentDirectory()}).");
            var key = place.Key.Length == 0 || place.Key.EndsWith('/') ? place.Key + Path.GetFileName(path) : place.Key;
            await using var content = path == Stdin ? Console.OpenStandardInput() : new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20, FileOptions.Asynchronous | FileOptions.SequentialScan);
            var etag = await at.WithProgress($"Putting {key}", content.CanSeek ? content.Length : 0, bytes: true,
                report => bucketOf(place).PutLargeAsync(key, content.CanSeek ? new Counted(content, report) : content, cancellationToken));
            at.Output.WriteLine($"s3://{place.Bucket}/{SafeText.Line(key)}  {etag}");
            return ExitCode.Done;
        });
    }

    private static Command Get(Func<Screen> screen)
    {
        var uri = Uri("The object: s3://bucket/key");
        var file = new Argument<string?>("FILE") { Description = "The file to write; left out: the key's last name, in this folder", Arity = ArgumentArity.ZeroOrOne };
        var force = new Option<bool>("--force", "-f") { Description = "Replace a file that is there" };
        return Command(screen, "get", "Get an object into a file", [uri, file, force], async (at, parsed, bucketOf, cancellationToken) =>
        {
            var place = parsed.GetValue(uri)!;
            var path = parsed.GetValue(file) ?? place.Key[(place.Key.LastIndexOf('/') + 1)..];
            if (Directory.Exists(path)) path = Path.Combine(path, place.Key[(place.Key.LastIndexOf('/') + 1)..]);
            if (File.Exists(path) && !parsed.GetValue(force)) throw new Failure($"'{path}' is there already; name another file, or replace it with --force.");
            await using var read = await FoundAsync(bucketOf(place), place, cancellationToken);
            // Under another name until it is whole.
            var part = $"{path}.part";
            await at.WithProgress($"Getting {place.Key}", read.Length, bytes: true, report => Writing.ToAsync(path, "name another file.", async () =>
            {
                try
                {
                    await using (var to = new FileStream(part, FileMode.Create, FileAccess.Write, FileShare.None, 1, FileOptions.Asynchronous))
                        await new Counted(read.Content, report).CopyToAsync(to, 1 << 20, cancellationToken);
                    File.Move(part, path, overwrite: true);
                    return path;
                }
                catch
                {
                    File.Delete(part);
                    throw;
                }
            }));
            at.Output.WriteLine($"{SafeText.Line(path)}  {Size(read.Length)}");
            return ExitCode.Done;
        });
    }

    private static Command Cat(Func<Screen> screen)
    {
        var uri = Uri("The object: s3://bucket/key");
        return Command(screen, "cat", "Write an object to standard output, as it is", [uri], async (at, parsed, bucketOf, cancellationToken) =>
        {
            await using var read = await FoundAsync(bucketOf(parsed.GetValue(uri)!), parsed.GetValue(uri)!, cancellationToken);
            await using var output = Console.OpenStandardOutput();
            await read.Content.CopyToAsync(output, 1 << 20, cancellationToken);
            return ExitCode.Done;
        });
    }

    private static Command Stat(Func<Screen> screen)
    {
        var uri = Uri("The object: s3://bucket/key");
        var json = SharedOptions.Json();
        return Command(screen, "stat", "What is known of an object without its content", [uri, json], async (at, parsed, bucketOf, cancellationToken) =>
        {
            var place = parsed.GetValue(uri)!;
            var info = await bucketOf(place).HeadAsync(Keyed(place), cancellationToken) ?? throw Missing(place);
            if (parsed.GetValue(json))
            {
                at.Output.WriteLine(Json(writer =>
                {
                    Write(writer, info.Key, info);
                    writer.WriteString("contentType", info.ContentType);
                    writer.WriteStartObject("metadata");
                    foreach (var (name, value) in info.Metadata) writer.WriteString(name, value);
                    writer.WriteEndObject();
                }));
                return ExitCode.Done;
            }

            at.Output.WriteLine($"key           {SafeText.Line(info.Key)}");
            at.Output.WriteLine($"size          {info.Size.ToString(CultureInfo.InvariantCulture)} ({Size(info.Size)})");
            at.Output.WriteLine($"etag          {info.ETag}");
            at.Output.WriteLine($"modified      {Time(info.LastModified)} UTC");
            at.Output.WriteLine($"content type  {info.ContentType ?? "none"}");
            foreach (var (name, value) in info.Metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal)) at.Output.WriteLine($"{name,-12}  {SafeText.Line(value)}");
            return ExitCode.Done;
        });
    }

    private static Command Command(
        Func<Screen> screen, string name, string description, IReadOnlyList<Symbol> parts, Func<Screen, ParseResult, Func<StoreUri, S3Store>, CancellationToken, Task<int>> run)
    {
        var settings = HostArguments.Settings();
        var command = new Command(name, description);
        foreach (var part in parts)
        {
            if (part is Argument argument) command.Arguments.Add(argument);
            else command.Options.Add((Option)part);
        }

        command.Options.Add(settings);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var stores = new StoreAccess(TimeProvider.System, HostArguments.Read(screen(), parsed.GetValue(settings)).Storage);
            return await run(screen(), parsed, stores.Bucket, cancellationToken);
        });
        return command;
    }

    private static Argument<StoreUri> Uri(string description) => new("URI")
    {
        Description = description,
        CustomParser = result =>
        {
            try
            {
                var uri = StoreUri.Parse(result.Tokens[0].Value);
                if (uri.Kind == StoreKind.S3) return uri;
                result.AddError($"'{result.Tokens[0].Value}' is no bucket; write s3://bucket/key.");
            }
            catch (FormatException e)
            {
                result.AddError(e.Message);
            }

            return null!;
        },
    };

    private static string Keyed(StoreUri place) =>
        place.Key.Length > 0 && !place.Key.EndsWith('/') ? place.Key : throw new Failure($"'{place}' names no object; add its key, which kubemetrics store ls {place} shows.", ExitCode.Usage);

    private static async Task<StoredObject> FoundAsync(S3Store store, StoreUri place, CancellationToken cancellationToken) =>
        await store.GetAsync(Keyed(place), null, cancellationToken) ?? throw Missing(place);

    private static Failure Missing(StoreUri place) =>
        new($"There is no object {place}; see what there is: kubemetrics store ls s3://{place.Bucket}/{place.Key[..(place.Key.LastIndexOf('/') + 1)]}");

    private static void Line(Screen at, bool json, string key, ObjectEntry? entry)
    {
        if (json) at.Output.WriteLine(Json(writer => Write(writer, key, entry)));
        else if (entry is null) at.Output.WriteLine($"{"folder",12}  {"",16}  {SafeText.Line(key)}");
        else at.Output.WriteLine($"{entry.Size.ToString(CultureInfo.InvariantCulture),12}  {Time(entry.LastModified)}  {SafeText.Line(key)}");
    }

    private static string Json(Action<Utf8JsonWriter> write)
    {
        using var text = new MemoryStream();
        using (var writer = new Utf8JsonWriter(text))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(text.ToArray());
    }

    private static void Write(Utf8JsonWriter writer, string key, ObjectEntry? entry)
    {
        writer.WriteString(entry is null ? "folder" : "key", key);
        if (entry is null) return;
        writer.WriteNumber("size", entry.Size);
        writer.WriteString("etag", entry.ETag);
        writer.WriteString("modified", entry.LastModified);
    }

    private static string Many(long count, string what) => $"{HumanNumber.Count(count)} {what}{(count == 1 ? "" : "s")}";

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    private static string Size(long bytes) => HumanNumber.Format(bytes, new Unit(Dimension.Bytes));
}
