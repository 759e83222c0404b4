using System.Text.Json;
using Contracts.Common;
using Contracts.Signing;

namespace Runner.Timers.Profiles;

/// <summary>Reads the file of <c>Receivers:File</c>, and names all that is wrong with it.</summary>
/// <remarks>Files that it names are relative to its own folder.</remarks>
internal sealed class ReceiverFile
{
    private const string Known = "tenant, destination, roots, certificate, key, oauth2";
    private const string KnownOfTokens = "tokenUrl, clientId, clientSecret, clientSecretFile, clientAuthentication, scope, audience";

    private static readonly JsonDocumentOptions Strict =
        new() { AllowDuplicateProperties = false, CommentHandling = JsonCommentHandling.Skip };

    private readonly string folder;
    private readonly List<ReceiverSettings> receivers = [];
    private readonly List<string> faults = [];

    private ReceiverFile(string folder) => this.folder = folder;

    /// <summary>Reads it.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="faults">What is wrong, without secrets; empty if nothing is.</param>
    public static IReadOnlyList<ReceiverSettings> Read(string path, out IReadOnlyList<string> faults)
    {
        var file = new ReceiverFile(Path.GetDirectoryName(Path.GetFullPath(path))!);
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllText(path), Strict);
            file.ReadAll(json.RootElement);
        }
        catch (JsonException error)
        {
            // Its message tells a line; what stands there may be a secret.
            file.faults.Add($"is not JSON (line {error.LineNumber + 1})");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            file.faults.Add($"cannot be read: {error.Message}");
        }

        faults = file.faults;
        return file.receivers;
    }

    private void ReadAll(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object || json.EnumerateObject().Any(field => field.Name != "receivers")
            || !json.TryGetProperty("receivers", out var list) || list.ValueKind != JsonValueKind.Array)
        {
            faults.Add("must be an object with one field, receivers, which is an array");
            return;
        }

        var taken = new HashSet<(string, SigningDestination)>();
        foreach (var (index, each) in list.EnumerateArray().Index())
        {
            if (ReadOne($"receivers[{index}]", each) is { } read)
            {
                receivers.Add(read);
                if (!taken.Add((read.Tenant, read.Destination)))
                {
                    faults.Add($"receivers[{index}]: there is another one of the same tenant and destination");
                }
            }
        }
    }

    private ReceiverSettings? ReadOne(string path, JsonElement json)
    {
        if (!IsObject(path, json, Known))
        {
            return null;
        }

        var tenant = Text(path, json, "tenant") ?? Tenant.Default;
        if (!Tenant.IsValid(tenant))
        {
            faults.Add($"{path}.tenant: is no tenant's name");
        }

        var (certificate, key) = (FileOf(path, json, "certificate"), FileOf(path, json, "key"));
        if (key is not null && certificate is null)
        {
            faults.Add($"{path}.key: needs a certificate");
        }

        var roots = FileOf(path, json, "roots");
        var tokens = json.TryGetProperty("oauth2", out var given) ? ReadTokens($"{path}.oauth2", given, certificate is not null) : null;
        if (Text(path, json, "destination") is not { } text || !SigningDestination.TryParse(text, out var destination))
        {
            faults.Add($"{path}.destination: must be scheme, host and port, such as https://hooks.example.com, without a path");
            return null;
        }

        if (destination.Value.Scheme != Uri.UriSchemeHttps && (certificate ?? roots) is not null)
        {
            faults.Add($"{path}.destination: must be https, as roots and certificates belong to TLS");
        }

        if (tokens is not null && !IsPrivate(new Uri(destination.Value.Text)))
        {
            faults.Add($"{path}.destination: must be https, or loopback: on the way anybody could read the access token");
        }

        return new ReceiverSettings
        {
            Tenant = tenant,
            Destination = destination.Value,
            Roots = roots,
            Certificate = certificate,
            Key = key,
            Tokens = tokens,
        };
    }

    private TokenSettings? ReadTokens(string path, JsonElement json, bool hasCertificate)
    {
        if (!IsObject(path, json, KnownOfTokens))
        {
            return null;
        }

        var text = Text(path, json, "tokenUrl");
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.UserInfo.Length > 0
            || url.Fragment.Length > 0)
        {
            faults.Add($"{path}.tokenUrl: must be an address, such as https://login.example.com/oauth2/token");
            url = null;
        }
        else if (!IsPrivate(url))
        {
            faults.Add($"{path}.tokenUrl: must be https, or loopback: on the way anybody could read the client's secret");
        }

        var id = Text(path, json, "clientId");
        if (string.IsNullOrEmpty(id))
        {
            faults.Add($"{path}.clientId: is required");
        }

        var (secret, file) = (Text(path, json, "clientSecret"), FileOf(path, json, "clientSecretFile"));
        if ((secret is null) == (file is null) && (secret is not null || !hasCertificate))
        {
            faults.Add($"{path}: needs clientSecret or clientSecretFile, and not both; neither if the receiver has a certificate");
        }

        var form = Text(path, json, "clientAuthentication") ?? "basic";
        if (form is not ("basic" or "post"))
        {
            faults.Add($"{path}.clientAuthentication: must be basic (the header Authorization) or post (the form)");
        }

        return url is null || id is null ? null : new TokenSettings
        {
            Url = url,
            ClientId = id,
            ClientSecret = secret,
            ClientSecretFile = file,
            Scope = Text(path, json, "scope"),
            Audience = Text(path, json, "audience"),
            IsInForm = form == "post",
        };
    }

    /// <summary>Whether what is sent there cannot be overheard.</summary>
    private static bool IsPrivate(Uri url) => url.Scheme == Uri.UriSchemeHttps || url.IsLoopback;

    private bool IsObject(string path, JsonElement json, string known)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            faults.Add($"{path}: must be an object");
            return false;
        }

        foreach (var field in json.EnumerateObject().Where(field => !known.Split(", ").Contains(field.Name)))
        {
            faults.Add($"{path}.{field.Name}: is not a known field; known are {known}");
        }

        return true;
    }

    private string? Text(string path, JsonElement json, string name)
    {
        if (!json.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.String)
        {
            return value.GetString();
        }

        faults.Add($"{path}.{name}: must be text");
        return null;
    }

    private string? FileOf(string path, JsonElement json, string name) =>
        Text(path, json, name) is { Length: > 0 } given ? Path.Combine(folder, given) : null;
}
