using System.Globalization;

namespace Infrastructure.Hosting;

/// <summary>How many files and sockets this process may have open at once, and how they are divided.</summary>
/// <remarks>
/// .NET ends a process that runs out of them at a bad moment, so each use has a bound. The quarter that is not given away is for files,
/// engines and the runtime itself.
/// </remarks>
public static class Descriptors
{
    /// <summary>Where the operating system does not tell.</summary>
    private const int Assumed = 4_096;

    /// <summary>The limit of this process: its soft limit, which .NET raises to the hard one at the start.</summary>
    public static int Limit { get; } = ReadLimit();

    /// <summary>Maximum number of connections from clients: a quarter, at most 10,000.</summary>
    public static int ForClients => Math.Min(10_000, Limit / 4);

    /// <summary>Maximum number of connections to receivers, idle ones included: half, at most 20,000.</summary>
    public static int ForReceivers => Math.Min(20_000, Limit / 2);

    private static int ReadLimit()
    {
        const string Name = "Max open files";
        try
        {
            var line = File.ReadLines("/proc/self/limits").FirstOrDefault(line => line.StartsWith(Name, StringComparison.Ordinal));
            var soft = line?[Name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0];
            return soft == "unlimited" ? int.MaxValue
                : int.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) ? limit
                : Assumed;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return Assumed;
        }
    }
}
