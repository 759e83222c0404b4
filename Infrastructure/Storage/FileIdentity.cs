using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Infrastructure.Storage;

/// <summary>Which file a path leads to: a file that was deleted and made anew is another one, whatever its name.</summary>
/// <param name="Device">The file system.</param>
/// <param name="Number">The file's number there; 0 where the operating system does not tell.</param>
/// <param name="Owner">The user that owns it.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly partial record struct FileIdentity(ulong Device, ulong Number, uint Owner)
{
    private const int CurrentFolder = -100;
    private const uint WantsOwnerNumberAndLength = 0x308;

    /// <summary>Bytes of struct statx, and where its members are (linux/stat.h).</summary>
    private const int StatBytes = 256;
    private const int OwnerOffset = 20;
    private const int NumberOffset = 32;
    private const int LengthOffset = 40;
    private const int DeviceOffset = 136;

    /// <summary>The file at a path; null if there is none.</summary>
    public static FileIdentity? Of(string path) => Find(path)?.Identity;

    /// <summary>The file at a path, and its length in bytes; null if there is none.</summary>
    public static (FileIdentity Identity, long Length)? Find(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return new FileInfo(path) is { Exists: true } file ? (default, file.Length) : null;
        }

        Span<byte> stat = stackalloc byte[StatBytes];
        if (StatX(CurrentFolder, path, 0, WantsOwnerNumberAndLength, stat) != 0)
        {
            return null;
        }

        var identity = new FileIdentity(
            BinaryPrimitives.ReadUInt64LittleEndian(stat[DeviceOffset..]),
            BinaryPrimitives.ReadUInt64LittleEndian(stat[NumberOffset..]),
            BinaryPrimitives.ReadUInt32LittleEndian(stat[OwnerOffset..]));
        return (identity, BinaryPrimitives.ReadInt64LittleEndian(stat[LengthOffset..]));
    }

    /// <summary>Whether this process's user owns it; true where the operating system does not tell.</summary>
    public bool IsOurs => !OperatingSystem.IsLinux() || Owner == EffectiveUser();

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint EffectiveUser();

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatX(int folder, string path, int flags, uint mask, Span<byte> stat);
}
