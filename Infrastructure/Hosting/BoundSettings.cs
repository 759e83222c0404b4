using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Infrastructure.Hosting;

/// <summary>Reads a section into its options, one setting at a time.</summary>
/// <remarks>.NET's own binding ends at the first value that cannot be read, and hides every other fault behind it.</remarks>
public static class BoundSettings
{
    /// <summary>Binds the section; unreadable values and unknown settings are errors that validation reports with all others.</summary>
    public static OptionsBuilder<TOptions> BindSettings<TOptions>(this OptionsBuilder<TOptions> builder, string section)
        where TOptions : class
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSingleton(new SectionNames.Known(section));
        builder.Services.AddSingleton(provider => new Binding<TOptions>(provider.GetRequiredService<IConfiguration>().GetSection(section)));
        builder.Services.AddSingleton<IConfigureOptions<TOptions>>(provider => provider.GetRequiredService<Binding<TOptions>>());
        builder.Services.AddSingleton<IValidateOptions<TOptions>>(provider => provider.GetRequiredService<Binding<TOptions>>());
        return builder;
    }

    private sealed class Binding<TOptions>(IConfigurationSection section) : IConfigureOptions<TOptions>, IValidateOptions<TOptions>
        where TOptions : class
    {
        private readonly List<string> faults = [];

        public void Configure(TOptions options)
        {
            faults.Clear();
            var properties = typeof(TOptions).GetProperties().Where(property => property.CanWrite).ToList();
            foreach (var property in properties.Where(property => section[property.Name] is not null))
            {
                try
                {
                    property.SetValue(options, section.GetSection(property.Name).Get(property.PropertyType));
                }
                catch (InvalidOperationException unreadable)
                {
                    faults.Add(unreadable.Message);
                }
            }

            // Passed over, a slip or a setting that was renamed would leave its default in force without a word.
            var names = properties.Select(property => property.Name).Order(StringComparer.Ordinal).ToList();
            faults.AddRange(section.GetChildren()
                .Where(child => child.Value is not null && !names.Contains(child.Key, StringComparer.OrdinalIgnoreCase))
                .Select(unknown =>
                    $"There is no setting {unknown.Path}.{Meant(unknown.Key, names)} {section.Path} has {string.Join(", ", names)}."));
        }

        private string Meant(string slip, List<string> names) =>
            NearestName.Find(slip, names) is { } meant ? $" Did you mean {section.Path}:{meant}?" : string.Empty;

        public ValidateOptionsResult Validate(string? name, TOptions options) =>
            faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
