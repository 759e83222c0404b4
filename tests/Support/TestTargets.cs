using System.Diagnostics.Metrics;
using Infrastructure.Targets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Tests.Support;

/// <summary>The policy of where webhooks may go, with the settings that a test gives it.</summary>
internal static class TestTargets
{
    private static readonly IMeterFactory Meters =
        new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();

    public static TargetPolicy Create(Action<TargetOptions>? configure = null, IOwnListeners? own = null)
    {
        var options = new TargetOptions();
        configure?.Invoke(options);
        return new TargetPolicy(Options.Create(options), Meters, NullLogger<TargetPolicy>.Instance, own);
    }
}
