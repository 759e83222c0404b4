using System.Runtime.InteropServices;
using System.Text;
using Infrastructure.Hosting;
using Microsoft.Extensions.Options;
using Microsoft.Win32.SafeHandles;

namespace Infrastructure.Storage;

/// <summary>
/// The folder of the embedded engines' files, locked while this process runs: one process, one Runner. Nobody else may read it: it holds
/// what clients sent, secrets included.
/// </summary>
/// <remarks>
/// Both the folder and the file <c>lock</c> in it are locked: a file can be deleted and made anew, and the folder's lock does not exist on
/// every file system.
/// </remarks>
internal sealed partial class DataFolder : IDisposable
{
    /// <summary>The file of the key that stored secrets are encrypted with.</summary>
    public const string SecretsKey = "secrets.key";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const string LockName = "lock";
    private const uint OthersNothing = 0b000_111_111;

    private readonly Lock gate = new();
    private readonly HashSet<string> known = new(StringComparer.Ordinal);
    private readonly string? folder;
    private readonly SafeFileHandle? heldFolder;
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
            Tighten(folder);
            heldFolder = OpenedPath.LockFolder(folder, out var isHeld);
            if (isHeld)
            {
                throw new IOException("another process holds it.");
            }

            var path = Path.Combine(folder, LockName);
            held = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            LockFile = (path, FileIdentity.Of(path));
            using var reader = new StreamReader(held, Encoding.UTF8, leaveOpen: true);
            known.UnionWith(reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Dispose();
            throw new StartupException(
                $"The data folder {folder} cannot be used: {error.Message} Stop or mend that, or name another folder with Storage__Path.",
                error);
        }
    }

    /// <summary>
    /// The locked file: were it gone, another process could lock a new one where folders cannot be locked. Null in memory.
    /// </summary>
    public (string Path, FileIdentity? Identity)? LockFile { get; }

    /// <summary>The path of one slice's file, or SQLite's name for a database in memory.</summary>
    /// <exception cref="StartupException">The file was there before and is gone, or is empty.</exception>
    public string FileFor(string slice)
    {
        if (folder is null)
        {
            return ":memory:";
        }

        var file = new FileInfo(Path.Combine(folder, $"{slice}.db"));
        if (known.Contains(slice) && file is not { Exists: true, Length: > 0 })
        {
            throw new StartupException(
                $"{file.FullName} is {(file.Exists ? "empty" : "missing")}, though it held data before. Restore it from a backup "
                + $"(docs/guides/backup.md), or delete {Path.Combine(folder, "lock")} to begin without what it held.");
        }

        return file.FullName;
    }

    /// <summary>The path of a file in the folder that is no database; null in memory.</summary>
    public string? PathOf(string name) => folder is null ? null : Path.Combine(folder, name);

    /// <summary>
    /// Writes a file that is not there yet and that nobody else may read: afterwards all of it is on disk. In memory nothing is written.
    /// </summary>
    /// <exception cref="IOException">It cannot be written, or is there.</exception>
    public void WriteOnce(string name, string content)
    {
        if (PathOf(name) is not { } path)
        {
            return;
        }

        // Under another name first: a power cut must not leave half of it.
        var unfinished = $"{path}.new";
        File.Delete(unfinished);
        var create = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            create.UnixCreateMode = OwnerOnly & ~UnixFileMode.UserExecute;
        }

        using (var file = new FileStream(unfinished, create))
        {
            file.Write(Encoding.UTF8.GetBytes(content));
            file.Flush(flushToDisk: true);
        }

        File.Move(unfinished, path, overwrite: false);
        if (heldFolder is not null)
        {
            // The name, too.
            RandomAccess.FlushToDisk(heldFolder);
        }
    }

    /// <summary>The slices whose files were in use; of a folder in use nothing is known, and its service watches over it.</summary>
    /// <param name="folder">A data folder.</param>
    /// <param name="isInUse">Whether a service uses it now.</param>
    internal static IReadOnlyCollection<string> ReadKnown(string folder, out bool isInUse)
    {
        OpenedPath.LockFolder(folder, out isInUse)?.Dispose();
        var path = Path.Combine(folder, LockName);
        if (isInUse || !File.Exists(path))
        {
            return [];
        }

        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.None);
            using var reader = new StreamReader(file, Encoding.UTF8);
            return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }
        catch (IOException)
        {
            isInUse = true;
            return [];
        }
    }

    /// <summary>A slice's file is in use from now on: a start without it would be a loss, and is refused.</summary>
    public void Remember(string slice)
    {
        lock (gate)
        {
            if (held is not null && known.Add(slice))
            {
                held.Seek(0, SeekOrigin.End);
                held.Write(Encoding.UTF8.GetBytes($"{slice}\n"));
                held.Flush(flushToDisk: true);
            }
        }
    }

    public void Dispose()
    {
        held?.Dispose();
        heldFolder?.Dispose();
    }

    /// <summary>Makes the folder, or takes from others what they may do with it and its files.</summary>
    private static void Tighten(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
            return;
        }

        // Files that SQLite makes from now on, too: it knows no other way to say so.
        _ = Umask(OthersNothing);
        Directory.CreateDirectory(folder, OwnerOnly);
        if ((File.GetUnixFileMode(folder) & UnixFileMode.OtherWrite) != UnixFileMode.None)
        {
            throw new StartupException($"Everybody may write to {folder}. Name a folder of the service's own with Storage__Path.");
        }

        var entries = Directory.EnumerateFileSystemEntries(folder).ToList();
        foreach (var path in entries.Where(IsOfService).Append(folder))
        {
            // A folder that holds other things as well is not the service's to close.
            var mode = path != folder ? OwnerOnly & ~UnixFileMode.UserExecute
                : entries.TrueForAll(IsOfService) ? OwnerOnly
                : File.GetUnixFileMode(folder);
            if ((File.GetUnixFileMode(path) & ~mode) == UnixFileMode.None)
            {
                continue;
            }

            if (FileIdentity.Of(path) is { IsOurs: false })
            {
                throw new StartupException($"Others may read {path}, which belongs to another user. Have its owner run: chmod go= {path}");
            }

            File.SetUnixFileMode(path, mode);
        }
    }

    private static bool IsOfService(string path) => Path.GetFileName(path) is var name
        && (name is "lock" or "lost+found" or SecretsKey or $"{SecretsKey}.new" || name.EndsWith(".db", StringComparison.Ordinal)
            || name.Contains(".db-", StringComparison.Ordinal));

    [LibraryImport("libc", EntryPoint = "umask")]
    private static partial uint Umask(uint mask);
}
