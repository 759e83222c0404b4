using System.Diagnostics;

namespace Tests.Support;

/// <summary>System programs that a test needs.</summary>
public static class Tools
{
    public static bool Exists(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(':').Any(folder => File.Exists(Path.Combine(folder, program)));

    /// <summary>Ignores the test, with the reason; in CI a missing tool is a failure.</summary>
    public static void Missing(string what)
    {
        if (Environment.GetEnvironmentVariable("CI") == "true")
        {
            Assert.Fail($"{what} is missing, and this is CI.");
        }

        Assert.Ignore($"{what} is not to be had here.");
    }

    public static (int ExitCode, string Output) Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output);
    }
}
