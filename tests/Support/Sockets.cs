using System.Globalization;

namespace Tests.Support;

/// <summary>What the operating system knows about a process's connections.</summary>
public static class Sockets
{
    private const string Established = "01";

    /// <summary>The remote ports of its established connections.</summary>
    public static IReadOnlySet<int> PortsOf(int process)
    {
        var own = Directory.EnumerateFileSystemEntries($"/proc/{process}/fd").Select(Link).ToHashSet();

        // Columns, by proc(5): number, local and remote address, state, …; the tenth is the inode.
        return new[] { "tcp", "tcp6" }
            .SelectMany(table => File.ReadLines($"/proc/{process}/net/{table}").Skip(1))
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(columns => columns[3] == Established && own.Contains($"socket:[{columns[9]}]"))
            .Select(columns => int.Parse(columns[2].Split(':')[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture))
            .ToHashSet();
    }

    private static string? Link(string path)
    {
        try
        {
            return File.ResolveLinkTarget(path, returnFinalTarget: false)?.Name;
        }
        catch (IOException)
        {
            // Closed meanwhile.
            return null;
        }
    }
}
