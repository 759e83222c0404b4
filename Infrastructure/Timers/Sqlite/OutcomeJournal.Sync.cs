using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Infrastructure.Timers.Sqlite;

/// <content>Its thread, which writes what still waits and syncs.</content>
internal sealed partial class OutcomeJournal
{
    /// <summary>Time between two syncs.</summary>
    private static readonly TimeSpan SyncInterval = TimeSpan.FromMilliseconds(2);

    private void SyncRegularly()
    {
        do
        {
            written.WaitOne();
            Sync();
        }
        while (!stopped.WaitOne(SyncInterval));

        // What was written during the pause.
        Sync();
    }

    private void Sync()
    {
        lock (gate)
        {
            isDirty = false;
            TryFlush();
        }

        if (OperatingSystem.IsLinux())
        {
            if (DataSync(file) != 0)
            {
                Fail(new Win32Exception(Marshal.GetLastPInvokeError()).Message);
            }

            return;
        }

        try
        {
            RandomAccess.FlushToDisk(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Fail(error.Message);
        }
    }

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int DataSync(SafeFileHandle file);
}
