using Infrastructure.Hosting;
using Microsoft.Extensions.Options;

namespace Infrastructure.Storage;

/// <summary>The folder of the embedded engines' files, locked while this process runs: one process, one Runner.</summary>
internal sealed class DataFolder : IDisposable
{
    private readonly string? folder;
    private readonly FileStream? held;

    public DataFolder(IOptions<StorageOptions> options)
    {
        if (options.Value.InMemory)
        {
            return;
        }

        folder = Path.GetFullPath(options.Value.Path);
        try
        {
            Directory.CreateDirectory(folder);
            held = new FileStream(Path.Combine(folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StartupException(
                $"The data folder {folder} cannot be used: another process holds it, or it cannot be written. "
                + "Stop that process, or name another folder with Storage__Path.",
                error);
        }
    }

    /// <summary>The path of one slice's file, or SQLite's name for a database in memory.</summary>
    public string FileFor(string slice) => folder is null ? ":memory:" : Path.Combine(folder, $"{slice}.db");

    public void Dispose() => held?.Dispose();
}
