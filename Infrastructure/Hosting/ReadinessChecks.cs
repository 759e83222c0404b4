using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Infrastructure.Hosting;

/// <summary>Registers readiness checks.</summary>
public static class ReadinessChecks
{
    /// <summary>Adds something without which nothing may be served: while it fails, the service is not ready.</summary>
    /// <param name="services">The services to add to.</param>
    /// <param name="name">Its name in the answer: <c>clock</c>, <c>consumer</c>. Unique in a process.</param>
    /// <param name="create">Makes the check; null to have it from the container.</param>
    public static IServiceCollection AddVitalCheck<TCheck>(
        this IServiceCollection services, string name, Func<IServiceProvider, TCheck>? create = null)
        where TCheck : ReadinessCheck => services.AddCheck(name, HealthStatus.Unhealthy, create);

    /// <summary>
    /// Adds an engine: while it fails others may serve their part, and only when all of them fail the service is not ready.
    /// </summary>
    /// <param name="services">The services to add to.</param>
    /// <param name="name">Its name in the answer: <c>store</c>, <c>log</c>. Unique in a process.</param>
    /// <param name="create">Makes the check; null to have it from the container.</param>
    public static IServiceCollection AddEngineCheck<TCheck>(
        this IServiceCollection services, string name, Func<IServiceProvider, TCheck>? create = null)
        where TCheck : ReadinessCheck => services.AddCheck(name, HealthStatus.Degraded, create);

    /// <summary>Adds something that an operator should know of while everything is served all the same.</summary>
    /// <param name="services">The services to add to.</param>
    /// <param name="name">Its name in the answer: <c>receivers</c>. Unique in a process.</param>
    /// <param name="create">Makes the check; null to have it from the container.</param>
    public static IServiceCollection AddWarningCheck<TCheck>(
        this IServiceCollection services, string name, Func<IServiceProvider, TCheck>? create = null)
        where TCheck : ReadinessCheck => services.AddCheck(name, HealthStatus.Degraded, create, ReadinessCheck.Warning);

    private static IServiceCollection AddCheck<TCheck>(
        this IServiceCollection services, string name, HealthStatus failure, Func<IServiceProvider, TCheck>? create,
        params IEnumerable<string> tags)
        where TCheck : ReadinessCheck
    {
        services.AddHealthChecks().Add(new HealthCheckRegistration(
            name, create ?? ActivatorUtilities.GetServiceOrCreateInstance<TCheck>, failure, [ReadinessCheck.Tag, .. tags]));
        return services;
    }
}
