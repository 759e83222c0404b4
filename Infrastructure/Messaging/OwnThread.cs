namespace Infrastructure.Messaging;

/// <summary>Threads for what blocks: the pool's are for what does not.</summary>
internal static class OwnThread
{
    /// <summary>Runs to the end on a thread of its own.</summary>
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
