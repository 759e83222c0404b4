using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Infrastructure.Storage;

/// <summary>
/// Opens files and folders to read their properties, without the lock that .NET takes on each file that it opens: that one would be in
/// others' way.
/// </summary>
internal static partial class OpenedPath
{
    // Linux, all architectures (asm-generic/fcntl.h, sys/file.h).
    private const int ReadOnlyAndClosedOnExec = 0x80000;
    private const int ExclusiveAtOnce = 2 | 4;
    private const int WouldBlock = 11;

    /// <summary>A handle to read from; null if there is nothing, or it may not be read.</summary>
    public static SafeFileHandle? Open(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return File.Exists(path) ? File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete) : null;
        }

        var handle = new SafeFileHandle(OpenFile(path, ReadOnlyAndClosedOnExec), ownsHandle: true);
        if (!handle.IsInvalid)
        {
            return handle;
        }

        handle.Dispose();
        return null;
    }

    /// <summary>
    /// Locks a folder until the handle is closed, whatever becomes of the files in it: <c>flock</c> on the folder itself.
    /// </summary>
    /// <returns>
    /// The handle; null where folders cannot be locked, as on NFS. <paramref name="isHeld"/> tells whether another process has the lock.
    /// </returns>
    public static SafeFileHandle? LockFolder(string folder, out bool isHeld)
    {
        isHeld = false;
        if (!OperatingSystem.IsLinux() || Open(folder) is not { } handle)
        {
            return null;
        }

        if (LockFile(handle, ExclusiveAtOnce) == 0)
        {
            return handle;
        }

        isHeld = Marshal.GetLastPInvokeError() == WouldBlock;
        handle.Dispose();
        return null;
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int OpenFile(string path, int flags);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int LockFile(SafeFileHandle file, int operation);
}
