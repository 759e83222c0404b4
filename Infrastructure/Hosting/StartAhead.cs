using Microsoft.Extensions.DependencyInjection;

namespace Infrastructure.Hosting;

/// <summary>
/// Work of a start that needs neither settings nor services: begun before the program is built, beside that, and over before connections
/// are accepted. It loads and compiles what the first timers would else wait for.
/// </summary>
/// <param name="work">May fail: then the first ones wait.</param>
public sealed class StartAhead(Func<Task> work)
{
    /// <summary>How long accepting connections waits for it.</summary>
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(1);

    /// <summary>Begins everything that was added.</summary>
    /// <returns>Ends when all of it has, or after a second; never fails.</returns>
    internal static Task BeginAll(IServiceCollection services)
    {
        var ahead = services.Select(service => service.ImplementationInstance).OfType<StartAhead>();
        var begun = ahead.Select(one => one.BeginAsync()).ToList();
        return Task.WhenAny(Task.WhenAll(begun), Task.Delay(MaxWait, TimeProvider.System));
    }

    private Task BeginAsync() => Task.Run(async () =>
    {
        try
        {
            await work();
        }
#pragma warning disable CA1031 // What is wrong shows itself when it is used in earnest.
        catch (Exception)
#pragma warning restore CA1031
        {
            // Only later by some milliseconds.
        }
    });
}
