using System.Text.Json;
using Contracts.Devices;
using Contracts.Live;
using Contracts.Storage;
using Contracts.Timers;
using FluentValidation;
using Infrastructure.Devices;
using Microsoft.AspNetCore.Http.HttpResults;
using Producer.Events;
using Producer.Http;

namespace Producer.Devices;

/// <summary>PUT /devices/{id}: sets a device's name, tags, and when its silence is reported.</summary>
internal static class ConfigureDevice
{
    private const int MaxRequestBytes = 64 * 1024;

    public static void MapConfigureDevice(this IEndpointRouteBuilder devices) => devices.MapPut("/{deviceId}", HandleAsync)
        .WithQuery()
        .WithName("putDevice")
        .WithSummary("Set a device's name, tags and watch")
        .WithDescription(
            "The device need not have sent readings yet. What the request leaves out is removed. With `quietAfter` one webhook goes to "
            + "`quietUrl` when "
            + "nothing has arrived from the device for that long; it says which device fell silent and since when. Tokens in `quietUrl` "
            + "are shown as `********`, and `********` keeps what it stands for, unless `quietUrl` has another scheme, host or port.")
        .Accepts<DeviceRequest>("application/json")
        .WithMetadata(new Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute(MaxRequestBytes))
        .Produces<DeviceResource>()
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
        .ProducesProblem(StatusCodes.Status415UnsupportedMediaType);

    private static async Task<Results<JsonAnswer<DeviceResource>, ProblemHttpResult>> HandleAsync(
        string deviceId, HttpContext context, IDeviceStore store, ILiveNotices live, DeviceRequestValidator validator,
        DeviceSecrets secrets, IStoreClock clock, CancellationToken cancellationToken)
    {
        if (!JsonBody.IsAccepted(context.Request))
        {
            return Problems.UnsupportedMediaType("application/json");
        }

        var errors = new FieldErrors();
        if (DeviceRules.PathProblem(context, deviceId) is { } problem)
        {
            errors.Add("deviceId", problem);
        }

        var request = await JsonBody.ReadObjectAsync(
            context.Request,
            errors,
            json =>
            {
                var read = DeviceRequest.From(json, errors);
                validator.Validate(read, errors);
                return read;
            },
            cancellationToken);
        var quietUrl = request?.QuietUrl;
        if (quietUrl is not null && SensitiveParts.IsMasked(quietUrl) && !errors.Has("deviceId") && !errors.Has("quietUrl"))
        {
            var known = await store.FindAsync(context.Tenant(), deviceId, cancellationToken);
            quietUrl = KeptAddress.Find(context.Tenant(), deviceId, known?.Settings ?? DeviceSettings.None, quietUrl, secrets, errors);
        }

        if (request is null || errors.Any)
        {
            return Problems.Invalid(errors);
        }

        var settings = secrets.Seal(
            context.Tenant(), deviceId, new DeviceSettings(request.Name, request.Tags ?? [], request.QuietAfter, quietUrl));
        var configured = await store.ConfigureAsync(context.Tenant(), deviceId, settings, clock.Latest, cancellationToken);
        live.Note(context.Tenant(), DeviceMessages.Topic, deviceId, configured.LeftTags);
        Audited.Note(context, Shown(configured.Before), Shown(configured.Device.Settings), DeviceResourcesJson.Default.DeviceSettings);
        return new JsonAnswer<DeviceResource>(DeviceResource.From(configured.Device), DeviceResourcesJson.Http.DeviceResource);
    }

    /// <summary>For the audit: masked, with what is encrypted, so that another token is another content. Null if nothing is set.</summary>
    private static DeviceSettings? Shown(DeviceSettings settings) => settings is { Name: null, Tags.Count: 0, QuietAfter: null } ? null
        : settings with { QuietUrl = settings.QuietUrl is { } url ? SensitiveParts.MaskedUrl(url) : null };
}

/// <summary>What a device's owner sets.</summary>
internal sealed class DeviceRequest
{
    /// <summary>A name for people, up to 255 characters.</summary>
    public string? Name { get; set; }

    /// <summary>Up to 20, each with up to 64 characters.</summary>
    public IReadOnlyList<string>? Tags { get; set; }

    /// <summary>How long it may be silent before that is reported, 1 s to 10 years. Default: for ever.</summary>
    public TimeSpan? QuietAfter { get; set; }

    /// <summary>Where to report it, an http(s) address; required with quietAfter.</summary>
    public string? QuietUrl { get; set; }

    public static DeviceRequest From(JsonElement json, FieldErrors errors)
    {
        var request = new DeviceRequest();
        foreach (var field in json.EnumerateObject())
        {
            switch (field.Name)
            {
                case "name": request.Name = Read.Text(field.Value, "name", errors); break;
                case "tags": request.Tags = Read.Texts(field.Value, "tags", errors); break;
                case "quietAfter": request.QuietAfter = Read.Duration(field.Value, "quietAfter", errors); break;
                case "quietUrl": request.QuietUrl = Read.Text(field.Value, "quietUrl", errors); break;
                default: errors.Add(field.Name, "is not a known field; known are name, tags, quietAfter, quietUrl"); break;
            }
        }

        return request;
    }
}

/// <summary>The rules for what a device's owner sets.</summary>
internal sealed class DeviceRequestValidator : FieldValidator<DeviceRequest>
{
    public DeviceRequestValidator(WebTargets targets)
    {
        Check(request => request.Name, name => EventRules.TextProblem(name, 1, DeviceRules.MaxNameLength));
        CheckParts(request => request.Tags, DeviceRules.TagProblems);
        Check(request => request.QuietAfter, time =>
            time is null || (time >= DeviceRules.MinQuiet && time <= DeviceRules.MaxQuiet) ? null : "must be from PT1S to P3650D");
        Check(request => request.QuietUrl, targets.Problem);
        RuleFor(request => request.QuietUrl)
            .Must((request, url) => request.QuietAfter is null == url is null)
            .WithMessage("is required with quietAfter, and has no meaning without it");
    }
}
