using KubeMetrics.Charts;
using Spectre.Console;

namespace KubeMetrics.Cli.Terminal;

/// <summary>
/// The two streams a command writes to: results to standard output, everything else (progress, notes, errors) to standard
/// error. Colour and movement only where a person looks, and never where NO_COLOR is set.
/// </summary>
internal sealed class Screen
{
    private readonly Lazy<IAnsiConsole> _progress;
    private volatile bool _moves;

    public Screen(TextWriter output, TextWriter error)
    {
        Output = output;
        Error = error;
        _progress = new(() => AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(error) }));
    }

    /// <summary>Where results go.</summary>
    public TextWriter Output { get; }

    /// <summary>Where everything else goes.</summary>
    public TextWriter Error { get; }

    /// <summary>Whether programs read what is told: each sentence is a JSON object in a line then, as the log's are.</summary>
    public bool JsonLines { get; set; }

    /// <summary>Whether a person reads standard output.</summary>
    public bool OutputIsTerminal => ReferenceEquals(Output, Console.Out) && !Console.IsOutputRedirected;

    /// <summary>Whether a person watches standard error.</summary>
    public bool ErrorIsTerminal => !JsonLines && ReferenceEquals(Error, Console.Error) && !Console.IsErrorRedirected;

    /// <summary>How many columns a line of output may take.</summary>
    public int Width
    {
        get
        {
            if (!OutputIsTerminal) return int.MaxValue;
            var width = Console.WindowWidth;
            return width > 0 ? Math.Max(40, width) : 80; // some terminals say 0
        }
    }

    private bool Coloured => OutputIsTerminal && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) &&
                             Environment.GetEnvironmentVariable("TERM") != "dumb";

    /// <summary>Tells something beside the result, on standard error.</summary>
    public void Note(string sentence) => Tell("Warning", sentence);

    /// <summary>Tells why it ends without what was asked for.</summary>
    public void Fail(string sentence) => Tell("Error", sentence);

    /// <summary>Shows where in the program something went wrong, line by line.</summary>
    public void Trace(Exception e)
    {
        if (JsonLines) Tell("Error", e.ToString());
        else Error.WriteLine(e.ToString());
    }

    private void Tell(string level, string sentence)
    {
        var line = JsonLines ? JsonLine.Of(TimeProvider.System.GetUtcNow(), level, sentence) : SafeText.Line($"kubemetrics: {sentence}"); // keys and names in it may hold anything
        if (_moves) _progress.Value.WriteLine(line); // above what moves
        else Error.WriteLine(line);
    }

    /// <summary>Emphasis on a terminal, the plain text elsewhere.</summary>
    public string Bold(string text) => Coloured ? $"\e[1m{text}\e[0m" : text;

    /// <summary>
    /// Shows a line with what is going on, the share done, the rate and the time left while <paramref name="work"/> runs; it
    /// disappears when the work is done. Where nobody watches, the work just runs.
    /// </summary>
    public async Task<T> WithProgress<T>(string what, long total, bool bytes, Func<Action<long>, Task<T>> work)
    {
        if (!ErrorIsTerminal || total <= 0) return await work(_ => { });
        ProgressColumn[] columns = bytes
            ? [new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new TransferSpeedColumn(), new RemainingTimeColumn()]
            : [new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn()];
        _moves = true;
        try
        {
            return await _progress.Value.Progress().AutoClear(true).Columns(columns).StartAsync(async context =>
            {
                var task = context.AddTask(Markup.Escape(SafeText.Line(what)), maxValue: total);
                return await work(done => task.Value = done);
            });
        }
        finally
        {
            _moves = false;
        }
    }
}
