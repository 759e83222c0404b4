using System.Diagnostics.Metrics;
using Contracts.Timers;
using Infrastructure.Hosting;
using Infrastructure.Targets;
using Microsoft.Extensions.Options;
using Runner.Timers.Profiles;
using Runner.Timers.Receivers;

namespace Runner.Timers.Delivery;

/// <summary>Registers what sends webhooks.</summary>
internal static class DeliveryServices
{
    /// <summary>Adds the sender, and the bounds that keep receivers' troubles their own.</summary>
    public static IServiceCollection AddDelivery(this IServiceCollection services)
    {
        services.AddSingleton(provider => new HostLookups(provider.GetRequiredService<TimeProvider>()));
        services.AddTargets();
        services.AddSingleton(provider => new ReceiverConnections(
            provider.GetRequiredService<HostLookups>(), Descriptors.ForReceivers, provider.GetRequiredService<TargetPolicy>(),
            EgressProxy.Of(
                provider.GetRequiredService<TargetPolicy>(), provider.GetRequiredService<ILogger<EgressProxy>>()),
            provider.GetRequiredService<IMeterFactory>()));
        services.AddSingleton(provider =>
        {
            var options = provider.GetRequiredService<IOptions<DeliveryOptions>>().Value;
            var minExposed = provider.GetService<IOutcomePages>() is null ? SendBudget.MinExposed : OutcomeKeeper.MinExposed;
            return new SendBudget(
                options.InFlight ?? DeliveryOptions.DefaultInFlight, options.InFlightPerAddress, TimeProvider.System, minExposed);
        });
        services.AddSingleton<Shortages>();
        services.AddWarningCheck("receivers", provider => provider.GetRequiredService<Shortages>());
        services.AddOptions<ReceiverOptions>().BindSettings(ReceiverOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<ReceiverOptions>, ReceiverOptionsValidator>();
        services.AddSingleton<ReceiverProfiles>();
        services.AddSingleton<WebhookExchange>();
        services.AddSingleton<Verdict>();
        services.AddSingleton<KeptResponses>();
        services.AddSingleton<WebhookSender>();
        return services.AddSingleton<Destinations>();
    }
}
