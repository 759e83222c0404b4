using System.Diagnostics;

namespace Tests.Support;

/// <summary>Waits for a condition that another thread or process brings about.</summary>
public static class Eventually
{
    public static async Task That(Func<bool> condition, TimeSpan deadline, Func<string> because)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            if (watch.Elapsed > deadline)
            {
                Assert.Fail($"Not within {deadline}: {because()}");
            }

            await Task.Delay(5);
        }
    }

    public static Task That(Func<bool> condition, TimeSpan deadline, string because) => That(condition, deadline, () => because);

    public static Task That(Func<Task<bool>> condition, TimeSpan deadline, string because) => That(condition, deadline, () => because);

    public static async Task That(Func<Task<bool>> condition, TimeSpan deadline, Func<string> because)
    {
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            if (watch.Elapsed > deadline)
            {
                Assert.Fail($"Not within {deadline}: {because()}");
            }

            await Task.Delay(10);
        }
    }
}
