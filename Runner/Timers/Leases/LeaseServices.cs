using Contracts.Timers;

namespace Runner.Timers.Leases;

internal static class LeaseServices
{
    /// <summary>Whether the store is one that several Runners share. Engines are registered before the Runner.</summary>
    public static bool HasPeers(this IServiceCollection services) => services.Any(service => service.ServiceType == typeof(IRunnerLeases));

    /// <summary>Adds the lease for a shared store. Started before everything that claims, so that it stops after it.</summary>
    public static IServiceCollection AddLease(this IServiceCollection services)
    {
        services.AddSingleton<StoredLease>();
        services.AddSingleton<IRunnerLease>(provider => provider.GetRequiredService<StoredLease>());
        services.AddSingleton<Peers>();
        return services.AddHostedService<LeaseLoop>();
    }
}
