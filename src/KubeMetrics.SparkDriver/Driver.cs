using System.Diagnostics;
using System.Globalization;
using Microsoft.Spark;
using Microsoft.Spark.Interop.Ipc;
using Microsoft.Spark.Sql;

namespace KubeMetrics.SparkDriver;

/// <summary>
/// Runs a script's statements one after the other, in words that Spark's own SQL driver has for it: whoever submits scripts reads
/// how far a driver is, what it found and why it failed, whichever of the two ran it.
/// </summary>
/// <param name="spark">The session, set up by what was submitted.</param>
/// <param name="rows">Takes what statements answer.</param>
/// <param name="log">Takes what is told of them. DotnetRunner merges the two, so each line says what it is.</param>
internal sealed class Driver(SparkSession spark, TextWriter rows, TextWriter log)
{
    /// <summary>Runs all statements, or as many as go well.</summary>
    /// <param name="script">Where the script lies, as Spark opens it.</param>
    /// <returns>Whether all of them did.</returns>
    internal bool Run(string script)
    {
        TellWhereProgressIs();
        if (Read(script) is not { } statements) return false;
        for (var i = 0; i < statements.Count; i++)
        {
            var statement = statements[i];
            log.WriteLine($"Statement {i + 1} of {statements.Count}, line {statement.Line}: {statement.Start}");
            var began = Stopwatch.GetTimestamp();
            try
            {
                var count = 0;
                foreach (var row in spark.Sql(statement.Text).Collect())
                {
                    rows.WriteLine(string.Join('\t', row.Values.Select(Cell)));
                    count++;
                }

                log.WriteLine($"Time taken: {Seconds(began)} seconds, Fetched {count} row(s)");
            }
            catch (Exception e) when (e.InnerException is JvmException said)
            {
                log.WriteLine($"Statement {i + 1} of {statements.Count}, line {statement.Line} of {script}, failed after {Seconds(began)} seconds:");
                log.WriteLine(JavaWords.Of(said.Message));
                return false;
            }
        }

        return true;
    }

    /// <summary>The script's statements, read through Spark, which has the keys; null, and said why, where it can't be had.</summary>
    private IReadOnlyList<Statement>? Read(string script)
    {
        try
        {
            var text = spark.Read().Option("wholetext", true).Text(script).Collect().Select(row => (string)row.Values[0]).ToList();
            return Statement.Of(string.Concat(text));
        }
        catch (Exception e) when (e.InnerException is JvmException said)
        {
            var words = JavaWords.Of(said.Message);
            var isGone = words.Contains("[PATH_NOT_FOUND]", StringComparison.Ordinal) || words.Contains("FileNotFoundException", StringComparison.Ordinal);
            log.WriteLine(isGone ? $"Could not open input file for reading. (No such file or directory: {script})" : words);
        }
        catch (FormatException e)
        {
            log.WriteLine($"[SCRIPT] {script} can't be cut into statements: {e.Message}");
        }

        return null;
    }

    // The address of the driver's pages is no part of what Microsoft.Spark wraps; it lets one ask the JVM for such.
    private void TellWhereProgressIs()
    {
        var context = spark.SparkContext.Reference;
        var pages = (JvmObjectReference)context.Invoke("uiWebUrl");
        if ((bool)pages.Invoke("isDefined")) log.WriteLine($"Spark Web UI available at {pages.Invoke("get")}");
        log.WriteLine($"Spark master: {context.Invoke("master")}, Application Id: {context.Invoke("applicationId")}");
    }

    // Scripts of jobs answer words and numbers, and write all else into the store.
    private static string Cell(object? value) => value switch
    {
        null => "NULL",
        bool flag => flag ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static string Seconds(long began) => Stopwatch.GetElapsedTime(began).TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
}
