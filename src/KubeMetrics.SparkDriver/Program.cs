using KubeMetrics.SparkDriver;
using Microsoft.Spark;
using Microsoft.Spark.Sql;

// What DotnetRunner hands on behind the zip and the program's name (KubeMetrics.Spark's Runner writes it).
if (args is not [var script])
{
    Console.Error.WriteLine("KubeMetrics.SparkDriver takes one argument: where the script lies, as Spark opens it (s3a://bucket/job.sql).");
    return 2;
}

try
{
    var spark = SparkSession.Builder().GetOrCreate();
    var isDone = new Driver(spark, Console.Out, Console.Error).Run(script);
    // Before it is reported how this ended: the JVM would go on without us.
    spark.Stop();
    return isDone ? 0 : 1;
}
catch (Exception e)
{
    // The session could not be made, or the JVM is gone.
    Console.Error.WriteLine(e.InnerException is JvmException said ? JavaWords.Of(said.Message) : $"{e.GetType().Name}: {e.Message}");
    return 1;
}
