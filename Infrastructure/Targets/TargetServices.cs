using Infrastructure.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Infrastructure.Targets;

/// <summary>Registers what decides where webhooks may go.</summary>
public static class TargetServices
{
    /// <summary>Adds <see cref="TargetPolicy"/>; more than one service of a process may ask for it.</summary>
    public static IServiceCollection AddTargets(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        if (services.Any(service => service.ServiceType == typeof(TargetPolicy)))
        {
            return services;
        }

        services.AddOptions<TargetOptions>().BindSettings(TargetOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<TargetOptions>, Validator>();
        services.TryAddSingleton<TargetPolicy>();
        return services;
    }

    private sealed class Validator : IValidateOptions<TargetOptions>
    {
        public ValidateOptionsResult Validate(string? name, TargetOptions options)
        {
            List<string> faults = [
                .. Faults("Allow", options.Allow), .. Faults("Deny", options.Deny), .. Faults("ProxyExcept", options.ProxyExcept),
            ];
            if (options.Proxy.Length > 0 && !TargetOptions.TryReadProxy(options.Proxy, out _))
            {
                // Not repeated: it may hold a password.
                faults.Add($"{TargetOptions.Section}:Proxy must be http://, a host and a port, such as http://proxy.example:3128.");
            }

            return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
        }

        private static IEnumerable<string> Faults(string setting, string text)
        {
            TargetRule.ParseAll(text, out var wrong);
            return wrong.Select(entry =>
                $"{TargetOptions.Section}:{setting}: '{entry}' is no network, address or name, with a port from 1 to 65535 if any.");
        }
    }
}
