using System.Runtime.InteropServices;

namespace Runner.Timers.Due;

/// <summary>Sleeps for less than a millisecond, for which .NET has no call.</summary>
internal static partial class PreciseSleep
{
    /// <param name="time">Up to a second; on Linux about 60 µs may be added (the kernel's timer slack).</param>
    public static void For(TimeSpan time)
    {
        if (!OperatingSystem.IsLinux())
        {
            Thread.Yield();
            return;
        }

        var rest = new Timespec { Nanoseconds = time.Ticks * TimeSpan.NanosecondsPerTick };
        _ = NanoSleep(in rest, IntPtr.Zero);
    }

    [LibraryImport("libc", EntryPoint = "nanosleep")]
    private static partial int NanoSleep(in Timespec requested, IntPtr remaining);

    [StructLayout(LayoutKind.Sequential)]
    private struct Timespec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
