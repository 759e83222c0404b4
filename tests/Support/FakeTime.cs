namespace Tests.Support;

/// <summary>Runs a program with another time of day than the machine's, by means of libfaketime.</summary>
/// <remarks>
/// libfaketime handles POSIX's waits until an instant, but not C11's, which Kafka's client uses. It also takes a wait by the monotonic
/// clock, which is how .NET waits, for one that is over, so that threads spin. A few lines of our own, loaded before it, handle these.
/// </remarks>
public static class FakeTime
{
    private const string Waits = """
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <pthread.h>
        #include <stdlib.h>
        #include <threads.h>
        #include <time.h>
        int cnd_timedwait(cnd_t *condition, mtx_t *mutex, const struct timespec *until)
        {
            static int (*real)(cnd_t *, mtx_t *, const struct timespec *);
            if (!real) real = dlsym(RTLD_NEXT, "cnd_timedwait");
            struct timespec truly = *until;
            truly.tv_sec -= atol(getenv("TEST_CLOCK_OFFSET"));
            return real(condition, mutex, &truly);
        }
        typedef int wait(pthread_cond_t *, pthread_mutex_t *, const struct timespec *);
        int pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *mutex, const struct timespec *until)
        {
            static wait *shifted, *real;
            if (!shifted) shifted = (wait *)dlsym(RTLD_NEXT, "pthread_cond_timedwait");
            if (!real) real = (wait *)dlsym(dlopen("libc.so.6", RTLD_LAZY), "pthread_cond_timedwait");
            int monotonic = condition->__data.__wrefs & 2; /* glibc: nptl/pthread_cond_common.c */
            return (monotonic ? real : shifted)(condition, mutex, until);
        }
        """;

    private static readonly string[] Places =
    [
        "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1",
        "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1",
        "/usr/lib/faketime/libfaketimeMT.so.1",
    ];

    /// <summary>The command to start a program with. Its monotonic clock stays true, as on a machine whose time was set wrongly.</summary>
    /// <param name="folder">Must exist as long as the program runs.</param>
    /// <param name="offset">How far ahead its clock is.</param>
    public static async Task<string[]> LauncherAsync(TemporaryFolder folder, TimeSpan offset)
    {
        var library = Places.FirstOrDefault(File.Exists);
        if (library is null)
        {
            Tools.Missing("libfaketime");
        }

        var waits = await Preloaded.CompileAsync(folder, Waits);
        var seconds = $"{offset.TotalSeconds:+0;-0}";
        return ["env", $"LD_PRELOAD={waits} {library}", $"FAKETIME={seconds}", $"TEST_CLOCK_OFFSET={seconds}",
            "FAKETIME_DONT_FAKE_MONOTONIC=1", "DONT_FAKE_MONOTONIC=1"];
    }
}
