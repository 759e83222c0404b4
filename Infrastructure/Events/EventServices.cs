using Infrastructure.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Infrastructure.Events;

/// <summary>Registers what every slice of events shares.</summary>
public static class EventServices
{
    /// <summary>The settings of a slice of events; wrong ones stop the start.</summary>
    /// <param name="services">The services to add to.</param>
    /// <param name="section">The configuration section.</param>
    public static OptionsBuilder<TOptions> AddEventOptions<TOptions>(this IServiceCollection services, string section)
        where TOptions : EventOptions
    {
        services.AddSingleton<IValidateOptions<TOptions>>(provider => new EventOptionsLimits<TOptions>(provider, section));
        return services.AddOptions<TOptions>().BindSettings(section).ValidateDataAnnotations().ValidateOnStart();
    }
}
