using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Contracts.Common;
using Contracts.Revenue;
using Infrastructure.Storage;
using Microsoft.Win32.SafeHandles;

namespace Infrastructure.Revenue.Archive;

/// <summary>
/// The archive's folder: closed JSON Lines files by the minute of arrival, each with a manifest beside it, and a file that says which one
/// is the last.
/// </summary>
/// <remarks>
/// A file is written aside and synced; then the last one is set to it, in one step, which is when it is in the archive; then it gets its
/// name and its manifest. A process that is killed in between leaves what the next one completes or overwrites. Not for several threads.
/// </remarks>
public sealed class ArchiveFolder : IDisposable
{
    private const string StateName = "archive.json";
    private const string Aside = ".tmp";
    private readonly string folder;
    private readonly SafeFileHandle? held;
    private ArchiveState state;

    private ArchiveFolder(string folder, SafeFileHandle? held, ArchiveState state)
    {
        this.folder = folder;
        this.held = held;
        this.state = state;
    }

    /// <summary>Names the archive.</summary>
    public Guid Id => state.Archive;

    /// <summary>Whether the store may not know yet that the last file's entries are archived.</summary>
    public bool IsUnnoted => state is { Last: not null, IsNoted: false };

    /// <summary>Opens it, makes it if it is not there, and completes what a process before has begun.</summary>
    /// <exception cref="IOException">It cannot be used, another process has it, or its last file is missing or damaged.</exception>
    public static ArchiveFolder Open(string path)
    {
        var root = Path.GetFullPath(path);
        Directory.CreateDirectory(root);
        var handle = OpenedPath.LockFolder(root, out var isHeld);
        if (isHeld)
        {
            throw new IOException($"Another process keeps the archive {root}.");
        }

        try
        {
            var file = Path.Combine(root, StateName);
            var opened = new ArchiveFolder(root, handle, File.Exists(file)
                ? JsonSerializer.Deserialize(File.ReadAllBytes(file), ArchiveJson.Default.ArchiveState)!
                : new ArchiveState(Guid.NewGuid(), null, IsNoted: true));
            if (opened.IsUnnoted)
            {
                opened.Complete();
            }
            else if (!File.Exists(file))
            {
                opened.Set(opened.state);
            }

            return opened;
        }
        catch (JsonException error)
        {
            handle?.Dispose();
            throw new IOException($"The archive's {StateName} is damaged: {error.Message}", error);
        }
        catch
        {
            handle?.Dispose();
            throw;
        }
    }

    /// <summary>Adds a file. When it returns it is in the archive, whatever happens; <see cref="Noted"/> is to be called next.</summary>
    /// <param name="minute">In which its entries were received.</param>
    /// <param name="entries">At least one.</param>
    /// <exception cref="IOException">It is not, or that is not known: the folder is to be opened anew.</exception>
    public ArchiveFile Add(DateTimeOffset minute, IReadOnlyList<UnarchivedEntry> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        if (IsUnnoted)
        {
            throw new InvalidOperationException("The store has yet to note the last file.");
        }

        var (name, content) = (FindName(minute), new ArrayBufferWriter<byte>());
        foreach (var each in entries)
        {
            ArchiveLine.Write(each.Tenant, each.User, each.Entry!, content);
        }

        var file = new ArchiveFile
        {
            Archive = Id,
            Number = (state.Last?.Number ?? 0) + 1,
            File = name,
            Minute = ShortInstant.ToString(minute),
            Entries = entries.Count,
            Bytes = content.WrittenCount,
            Sha256 = Convert.ToHexStringLower(SHA256.HashData(content.WrittenSpan)),
            PreviousSha256 = state.Last?.Sha256,
        };
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(name))!);
        Sync(folder);
        Write(PathOf(name) + Aside, content.WrittenSpan);
        Set(new ArchiveState(Id, file, IsNoted: false));
        Complete();
        return file;
    }

    /// <summary>The store knows that the last file's entries are archived.</summary>
    public void Noted() => Set(state with { IsNoted = true });

    /// <summary>The entries of the last file.</summary>
    public IReadOnlySet<(string Tenant, string User, string EventId)> ReadLast()
    {
        var keys = new HashSet<(string Tenant, string User, string EventId)>();
        if (state.Last is { } last)
        {
            ReadOnlySpan<byte> rest = File.ReadAllBytes(PathOf(last.File));
            for (var end = rest.IndexOf((byte)'\n'); end >= 0; end = rest.IndexOf((byte)'\n'))
            {
                keys.Add(ArchiveLine.ReadKey(rest[..end]));
                rest = rest[(end + 1)..];
            }
        }

        return keys;
    }

    /// <inheritdoc />
    public void Dispose() => held?.Dispose();

    /// <summary>Gives the last file its name and its manifest, as far as it does not have them.</summary>
    private void Complete()
    {
        var last = state.Last!;
        var path = PathOf(last.File);
        if (!File.Exists(path))
        {
            if (!File.Exists(path + Aside))
            {
                throw new IOException($"The archive's last file, {last.File}, is missing, and the store may not know what is in it.");
            }

            File.Move(path + Aside, path);
            Sync(Path.GetDirectoryName(path)!);
        }

        using (var content = File.OpenRead(path))
        {
            if (content.Length != last.Bytes || Convert.ToHexStringLower(SHA256.HashData(content)) != last.Sha256)
            {
                throw new IOException($"The archive's last file, {last.File}, is damaged: its checksum is not that of its manifest.");
            }
        }

        Replace(ManifestOf(path), JsonSerializer.SerializeToUtf8Bytes(last, ArchiveJson.Default.ArchiveFile));
    }

    private void Set(ArchiveState next)
    {
        Replace(Path.Combine(folder, StateName), JsonSerializer.SerializeToUtf8Bytes(next, ArchiveJson.Default.ArchiveState));
        state = next;
    }

    /// <summary>Sorted by name, files are sorted by minute; a further file of a minute has a number.</summary>
    private string FindName(DateTimeOffset minute)
    {
        var at = minute.UtcDateTime;
        for (var part = 1; ; part++)
        {
            var suffix = part == 1 ? string.Empty : string.Create(CultureInfo.InvariantCulture, $"-{part}");
            var name = string.Create(CultureInfo.InvariantCulture, $"{at:yyyy-MM-dd}/revenue-{at:yyyy-MM-dd'T'HH-mm'Z'}{suffix}.jsonl");
            if (!File.Exists(PathOf(name)) && !File.Exists(ManifestOf(PathOf(name))))
            {
                return name;
            }
        }
    }

    private string PathOf(string name) => Path.Combine(folder, name);

    private static string ManifestOf(string path) => Path.ChangeExtension(path, ".manifest.json");

    private static void Replace(string path, ReadOnlySpan<byte> content)
    {
        Write(path + Aside, content);
        File.Move(path + Aside, path, overwrite: true);
        Sync(Path.GetDirectoryName(path)!);
    }

    private static void Write(string path, ReadOnlySpan<byte> content)
    {
        using var file = File.OpenHandle(path, FileMode.Create, FileAccess.Write);
        RandomAccess.Write(file, content, fileOffset: 0);
        RandomAccess.FlushToDisk(file);
    }

    /// <summary>So that names survive a power cut, too.</summary>
    private static void Sync(string path)
    {
        if (OperatingSystem.IsLinux() && OpenedPath.Open(path) is { } handle)
        {
            using (handle)
            {
                RandomAccess.FlushToDisk(handle);
            }
        }
    }
}
