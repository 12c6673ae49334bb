namespace KubeMetrics.Queries;

/// <summary>The words that mean something in Spark SQL where they stand without backticks.</summary>
internal static class SparkWords
{
    /// <summary>What can't be a name without backticks: the words of queries, and those of statements and clauses that are not taken at all.</summary>
    public static readonly HashSet<string> Reserved = SparkFunctions.Words("""
        select from where group having order sort cluster distribute by limit offset window lateral view union intersect except minus join inner left
        right full outer cross semi anti natural on using as with recursive all distinct and or not in is like ilike rlike regexp between case when then
        else end div escape exists interval null true false over filter within asc desc nulls ignore respect cast try_cast any some both leading
        trailing for collate unbounded preceding following

        add alter analyze begin cache call clear comment commit create declare delete describe directory drop execute explain export
        format from grant identifier immediate import insert into load lock merge msck overwrite pivot qualify recordreader recordwriter refresh
        rename repair replace reset revoke rollback serde serdeproperties set show source sync system_time system_version table tables tablesample
        truncate uncache unlock unpivot update use version
        """);

    /// <summary>What follows the number in an interval.</summary>
    public static readonly HashSet<string> Units = SparkFunctions.Words("""
        year years month months week weeks day days hour hours minute minutes second seconds millisecond milliseconds microsecond microseconds
        """);

    /// <summary>What makes a literal of the text that follows.</summary>
    public static readonly HashSet<string> LiteralTypes = SparkFunctions.Words("date timestamp timestamp_ntz timestamp_ltz x");

    /// <summary>Types that a value can be cast to, without those that hold others.</summary>
    public static readonly HashSet<string> Types = SparkFunctions.Words("""
        boolean tinyint byte smallint short int integer bigint long float real double date timestamp timestamp_ntz timestamp_ltz string char character
        varchar binary decimal dec numeric
        """);

    /// <summary>Hints that move data about and nothing else.</summary>
    public static readonly HashSet<string> Hints = SparkFunctions.Words("""
        broadcast broadcastjoin mapjoin merge mergejoin shuffle_merge shuffle_hash shuffle_replicate_nl coalesce repartition repartition_by_range rebalance
        """);

    /// <summary>Functions whose arguments words may part: <c>trim(BOTH 'x' FROM y)</c>, <c>substring(a FROM 2 FOR 3)</c>, <c>position(x IN y)</c>.</summary>
    public static readonly HashSet<string> PartedByWords = SparkFunctions.Words("trim substring substr position overlay");
}
