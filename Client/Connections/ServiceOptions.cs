using System.CommandLine;
using ClientLibrary;

namespace Client.Connections;

/// <summary>Which service a command calls: <c>--url</c>, <c>--key</c>, <c>--profile</c>, the variables, or the profile in use.</summary>
internal sealed class ServiceOptions(Shell shell)
{
    public const string DefaultUrl = "http://localhost:3000";

    private readonly Option<string?> url = new("--url")
    {
        Description = $"The service. Default: the variable TIMERS_URL, else the profile in use, else {DefaultUrl}.",
    };

    private readonly Option<string?> key = new("--key")
    {
        Description = "A key of the service. Default: the variable TIMERS_KEY, which others cannot see, else the profile's.",
    };

    private readonly Option<string?> profile = new("--profile")
    {
        Description = "A profile, which goes before the variables. Default: the variable TIMERS_PROFILE, else the one in use.",
    };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(url);
        command.Add(key);
        command.Add(profile);
    }

    /// <summary>The address and key that a command line means.</summary>
    /// <exception cref="UsageException">There is no such profile, or it cannot be read.</exception>
    public (string Url, string? Key) Resolve(ParseResult parsed)
    {
        var (givenUrl, givenKey, name) = (parsed.GetValue(url), parsed.GetValue(key), parsed.GetValue(profile));
        var variableKey = shell.Variable("TIMERS_KEY");
        if (givenUrl is not null && name is not null)
        {
            throw new UsageException("--url and --profile name two services; give one of them.");
        }

        // A profile's key is for the profile's service alone: no other one is told it.
        if (name is null && (givenUrl ?? shell.Variable("TIMERS_URL")) is { } address)
        {
            return (address, givenKey ?? variableKey);
        }

        if (Find(name ?? shell.Variable("TIMERS_PROFILE")) is not { } found)
        {
            return (DefaultUrl, givenKey ?? variableKey);
        }

        return (found.Url, givenKey ?? (name is null ? variableKey ?? found.Key : found.Key ?? variableKey));
    }

    /// <summary>Connects to the service that a command line means.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="options">How to wait and repeat.</param>
    /// <exception cref="UsageException">The address is none, or the profile cannot be used.</exception>
    public ServiceConnection Connect(ParseResult parsed, ConnectionOptions options)
    {
        var (address, secret) = Resolve(parsed);
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
        {
            throw new UsageException($"'{address}' is not an http or https address, such as {DefaultUrl}.");
        }

        return new ServiceConnection(uri, secret, options);
    }

    private Profile? Find(string? name)
    {
        var store = ProfileStore.Of(shell);
        var set = store.Read();
        name ??= set.Current;
        return name is null ? null
            : set.Profiles.TryGetValue(name, out var found) ? found
            : throw new UsageException($"There is no profile '{name}' in {store.Path}.");
    }
}
