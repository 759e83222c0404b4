namespace Tests.Support;

/// <summary>
/// Brokers of tests live for a minute: they compile lightly, and take their classes from an archive that is made once a machine. A third of
/// the time.
/// </summary>
/// <remarks>
/// Java takes an archive that does not fit for none: https://docs.oracle.com/en/java/javase/17/vm/class-data-sharing.html.
/// </remarks>
internal static class BrokerStart
{
    private const string Light = "-XX:TieredStopAtLevel=1";

    /// <summary>JDK_JAVA_OPTIONS of a broker.</summary>
    /// <param name="script">What starts it: another script has another archive.</param>
    public static string Options(string script) =>
        File.Exists(Archive(script)) ? $"{Light} -XX:SharedArchiveFile={Archive(script)}" : Light;

    /// <summary>Makes the archive from the classes of a broker that is started for it, and ended.</summary>
    /// <param name="script">What starts it.</param>
    /// <param name="run">Starts and ends it with these JDK_JAVA_OPTIONS.</param>
    public static void Prepare(string script, Action<string> run)
    {
        if (!File.Exists(Archive(script)))
        {
            var made = $"{Archive(script)}.{Environment.ProcessId}";
            run($"{Light} -XX:ArchiveClassesAtExit={made}");
            if (File.Exists(made))
            {
                File.Move(made, Archive(script), overwrite: true);
            }
        }
    }

    private static string Archive(string script) =>
        Path.Combine(Path.GetTempPath(), $"timers-broker-{File.GetLastWriteTimeUtc(script).Ticks:x}.jsa");
}
