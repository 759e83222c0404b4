namespace Infrastructure.Messaging;

/// <summary>Dedicated threads for blocking work, which does not belong on the pool.</summary>
internal static class OwnThread
{
    /// <summary>Runs to completion on a dedicated thread.</summary>
    public static Task Run(string name, Action body)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            try
            {
                body();
                done.SetResult();
            }
#pragma warning disable CA1031 // Passed on to whoever awaits it.
            catch (Exception error)
#pragma warning restore CA1031
            {
                done.SetException(error);
            }
        })
        { Name = name, IsBackground = true }.Start();
        return done.Task;
    }
}
