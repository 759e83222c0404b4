using System.Globalization;
using Tests.Faults;
using Tests.Support;

namespace Tests.EndToEnd;

/// <summary>The machine's clock is set while the program runs: a small library in front of libc's stands for that.</summary>
[Parallelizable]
[Category(FaultReport.Category)]
public sealed class ClockStepTests
{
    private const string Library = """
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <fcntl.h>
        #include <stdlib.h>
        #include <time.h>
        #include <unistd.h>
        int clock_gettime(clockid_t clock, struct timespec *now)
        {
            static int (*real)(clockid_t, struct timespec *);
            if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
            int result = real(clock, now);
            if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)
            {
                char text[32] = {0};
                int file = open(getenv("TEST_CLOCK_STEP"), O_RDONLY);
                if (file >= 0 && read(file, text, 31) > 0) now->tv_sec += atol(text);
                if (file >= 0) close(file);
            }
            return result;
        }
        """;

    [TestCase(3_600, 0, TestName = "Timers_go_on_by_the_new_time_when_the_clock_is_set_back_by_an_hour")]
    [TestCase(0, 259_200, TestName = "Timers_go_on_by_the_new_time_when_the_clock_is_set_forward_by_three_days")]
    public async Task Timers_go_on_by_the_new_time(int before, int after)
    {
        using var folder = new TemporaryFolder();
        var library = await Preloaded.CompileAsync(folder, Library);
        await SetAsync(folder, before);
        await using var receiver = await Receiver.StartAsync();
        await using var standalone = new StandaloneProcess();
        await standalone.StartAsync(
            wait: true, "env", $"LD_PRELOAD={library}", $"TEST_CLOCK_STEP={folder.File("step")}");
        await standalone.Http.CreateAsync(new { url = receiver.At("/before"), delay = "PT0S" });
        await Eventually.That(() => receiver.Count == 1, TimeSpan.FromSeconds(30), "it works");

        await SetAsync(folder, after);
        var asked = TimeProvider.System.GetTimestamp();
        await standalone.Http.CreateAsync(new { url = receiver.At("/after"), delay = "PT2S" });

        await Eventually.That(() => receiver.Count == 2, TimeSpan.FromSeconds(10), "a timer of two seconds is sent in time");
        Assert.That(TimeProvider.System.GetElapsedTime(asked), Is.GreaterThanOrEqualTo(TimeSpan.FromSeconds(2)), "and not early");
    }

    /// <summary>By renaming, so that nobody reads half of it.</summary>
    private static async Task SetAsync(TemporaryFolder folder, int seconds)
    {
        await File.WriteAllTextAsync(folder.File("new"), seconds.ToString(CultureInfo.InvariantCulture));
        File.Move(folder.File("new"), folder.File("step"), overwrite: true);
    }
}
