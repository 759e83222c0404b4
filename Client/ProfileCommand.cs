using System.CommandLine;
using Client.Connections;
using Client.Printing;

namespace Client;

/// <summary><c>timers profile</c>: names for services, each with its address and key.</summary>
internal sealed class ProfileCommand(Shell shell)
{
    /// <summary>Creates the command.</summary>
    public static Command Create(Shell shell) => new ProfileCommand(shell).Create();

    private Command Create() => new("profile", "Keeps addresses and keys of services under names.")
    {
        Set(),
        List(),
        Use(),
        Remove(),
    };

    private Command Set()
    {
        var name = Name();
        var url = new Option<string>("--url") { Description = "The service's address.", Required = true };
        url.Validators.Add(result =>
        {
            if (result.Tokens is [var token]
                && !(Uri.TryCreate(token.Value, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"))
            {
                result.AddError("--url must be an http or https address.");
            }
        });
        var key = new Option<string?>("--key") { Description = "The key for it, or - to read it from the standard input." };
        var command = new Command("set", "Adds a profile, or changes it. The first one is in use at once.") { name, url, key };
        command.SetAction((parsed, cancellationToken) => ServiceCommand.GuardAsync(shell, async () =>
        {
            var secret = parsed.GetValue(key);
            if (secret == "-")
            {
                using var input = new StreamReader(shell.OpenInput());
                secret = (await input.ReadLineAsync(cancellationToken))?.Trim();
            }

            var store = ProfileStore.Of(shell);
            var set = store.Read();
            var chosen = parsed.GetRequiredValue(name);
            set.Profiles[chosen] = new Profile(parsed.GetRequiredValue(url), string.IsNullOrEmpty(secret) ? null : secret);
            store.Write(set with { Current = set.Current ?? chosen });
            return ExitCodes.Done;
        }, cancellationToken));
        return command;
    }

    private Command List()
    {
        var json = Json.Option();
        var command = new Command("list", "Lists profiles, without their keys.") { json };
        command.SetAction((parsed, cancellationToken) => ServiceCommand.GuardAsync(shell, async () =>
        {
            var set = ProfileStore.Of(shell).Read();
            if (parsed.GetValue(json))
            {
                await Json.WriteAsync(shell.Output, set.Profiles.Select(each => new
                {
                    name = each.Key,
                    url = each.Value.Url,
                    hasKey = each.Value.Key is not null,
                    inUse = each.Key == set.Current,
                }));
                return ExitCodes.Done;
            }

            var table = new Table(string.Empty, "NAME", "URL", "KEY");
            foreach (var (name, profile) in set.Profiles)
            {
                table.Add(name == set.Current ? "*" : string.Empty, name, profile.Url, profile.Key is null ? "none" : "set");
            }

            await table.WriteAsync(shell.Output);
            return ExitCodes.Done;
        }, cancellationToken));
        return command;
    }

    private Command Use() => Change("use", "Uses a profile where nothing else is named.", (set, name) => set with { Current = name });

    private Command Remove() => Change("remove", "Forgets a profile with its key.", (set, name) =>
    {
        set.Profiles.Remove(name);
        return set with { Current = set.Current == name ? null : set.Current };
    });

    private Command Change(string verb, string description, Func<ProfileSet, string, ProfileSet> change)
    {
        var name = Name();
        var command = new Command(verb, description) { name };
        command.SetAction((parsed, cancellationToken) => ServiceCommand.GuardAsync(shell, () =>
        {
            var store = ProfileStore.Of(shell);
            var (set, chosen) = (store.Read(), parsed.GetRequiredValue(name));
            if (!set.Profiles.ContainsKey(chosen))
            {
                throw new UsageException($"There is no profile '{chosen}' in {store.Path}.");
            }

            store.Write(change(set, chosen));
            return Task.FromResult(ExitCodes.Done);
        }, cancellationToken));
        return command;
    }

    private static Argument<string> Name() => new("name") { Description = "What you call it." };
}
