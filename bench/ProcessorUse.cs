using System.Diagnostics;
using System.Globalization;

namespace Bench;

/// <summary>
/// Who used the processors during the rounds of a figure: the measured process, the load generator (the bench itself), others, or nobody.
/// </summary>
/// <param name="measured">The measured process; null when the measured work runs in the bench itself.</param>
internal sealed class ProcessorUse(ServiceProcess? measured)
{
    private readonly Process self = Process.GetCurrentProcess();
    private readonly TimeSpan start = measured?.ProcessorTime() ?? TimeSpan.Zero;
    private Times spent = new(default, default, default, default);

    /// <summary>Counts the processor time spent while something runs.</summary>
    public async Task<T> DuringAsync<T>(Func<Task<T>> round)
    {
        var before = Read();
        var result = await round();
        spent += Read() - before;
        return result;
    }

    /// <summary>
    /// Prints one line: processor time per request, and shares of the whole machine. Work that a round leaves for later (checkpoints of the
    /// log) counts, too, even between rounds.
    /// </summary>
    public void Print(string what, int count)
    {
        var all = spent.Machine.TotalSeconds;
        var others = Math.Max(0, all - (spent.Idle + spent.Measured + spent.Self).TotalSeconds);
        var own = string.Create(CultureInfo.InvariantCulture, $"{spent.Self.TotalMicroseconds / count:N1} µs");
        Figures.Print(
            $"  processor time, {what}",
            (measured is null ? own : string.Create(CultureInfo.InvariantCulture,
                $"{(measured.ProcessorTime() - start).TotalMicroseconds / count:N1} µs, load generator {own}"))
            + string.Create(CultureInfo.InvariantCulture, $"; idle {spent.Idle.TotalSeconds / all:P0}, others {others / all:P0}"));
    }

    /// <summary>Processor time used by all programs on the machine, and by the kernel itself.</summary>
    public static TimeSpan Busy()
    {
        var ticks = Ticks();
        return ticks.Aggregate((sum, each) => sum + each) - ticks[3] - ticks[4];
    }

    /// <summary>
    /// user, nice, system, idle, iowait (idle, too), irq, softirq and steal; /proc/stat counts them in hundredths of a second (proc(5)).
    /// </summary>
    private static TimeSpan[] Ticks() =>
        [.. File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..9]
            .Select(part => TimeSpan.FromMilliseconds(10 * long.Parse(part, CultureInfo.InvariantCulture)))];

    private Times Read()
    {
        self.Refresh();
        var ticks = Ticks();
        return new Times(
            measured?.ProcessorTime()
                ?? TimeSpan.Zero, self.TotalProcessorTime, ticks[3] + ticks[4], ticks.Aggregate((sum, each) => sum + each));
    }

    private sealed record Times(TimeSpan Measured, TimeSpan Self, TimeSpan Idle, TimeSpan Machine)
    {
        public static Times operator +(Times one, Times other) =>
            new(one.Measured + other.Measured, one.Self + other.Self, one.Idle + other.Idle, one.Machine + other.Machine);

        public static Times operator -(Times one, Times other) =>
            new(one.Measured - other.Measured, one.Self - other.Self, one.Idle - other.Idle, one.Machine - other.Machine);
    }
}
