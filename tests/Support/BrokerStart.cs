namespace Tests.Support;

/// <summary>
/// Test brokers live for a minute: they compile lightly, and load their classes from an archive made once per machine. This takes a
/// third of the time.
/// </summary>
/// <remarks>Java ignores an archive that does not fit: https://docs.oracle.com/en/java/javase/17/vm/class-data-sharing.html.</remarks>
internal static class BrokerStart
{
    private const string Light = "-XX:TieredStopAtLevel=1";

    /// <summary>JDK_JAVA_OPTIONS for a broker.</summary>
    /// <param name="script">The script that starts it; each script has its own archive.</param>
    public static string Options(string script) =>
        File.Exists(Archive(script)) ? $"{Light} -XX:SharedArchiveFile={Archive(script)}" : Light;

    /// <summary>Creates the archive from the classes of a broker that is started and stopped for this purpose.</summary>
    /// <param name="script">The script that starts it.</param>
    /// <param name="run">Starts and stops the broker with these JDK_JAVA_OPTIONS.</param>
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
