using Contracts.Timers;
using Infrastructure.Timers;
using Producer.Http;

namespace Producer.Timers;

/// <summary>Changes a timer whose credentials nobody can read: a masked value that is sent back means "keep".</summary>
internal static class KeptSecrets
{
    private const string Masked = $"is masked ({SensitiveParts.Mask}): give the value itself";

    private const string Elsewhere =
        "leads to another receiver, which must not get what is masked: give the headers and the address without masks, or remove them";

    /// <summary>The spec to store.</summary>
    /// <param name="row">The timer.</param>
    /// <param name="shown">Its spec as it is shown.</param>
    /// <param name="changed">The same with the change.</param>
    /// <param name="secrets">Encrypts and decrypts.</param>
    /// <param name="errors">What cannot be kept.</param>
    public static TimerSpec Apply(TimerRecord row, TimerSpec shown, TimerSpec changed, TimerSecrets secrets, FieldErrors errors)
    {
        if (ReferenceEquals(changed.Url, shown.Url) && ReferenceEquals(changed.Headers, shown.Headers))
        {
            // With the present key, if it was stored under an older one, or as it was given.
            var same = changed with { Url = row.Spec.Url, Headers = row.Spec.Headers };
            return !errors.Any && secrets.IsOutdated(same) && secrets.Open(row.Tenant, row.Key, same) is { } whole
                ? secrets.Seal(row.Tenant, row.Key, whole) : same;
        }

        if (!SensitiveParts.HasMasks(changed))
        {
            return errors.Any ? changed : secrets.Seal(row.Tenant, row.Key, changed);
        }

        if (secrets.Open(row.Tenant, row.Key, row.Spec) is not { } old)
        {
            errors.Add(
                ReferenceEquals(changed.Headers, shown.Headers) ? "url" : "headers",
                "cannot be kept, as it cannot be decrypted: give the headers and the address without masks");
            return changed;
        }

        var (kept, missing) = SensitiveParts.Restored(old, changed);
        foreach (var (member, reason) in missing)
        {
            errors.Add(member, reason);
        }

        if (!SensitiveParts.HaveOneReceiver(old, changed))
        {
            errors.Add("url", Elsewhere);
        }

        return errors.Any ? changed : secrets.Seal(row.Tenant, row.Key, kept);
    }

    /// <summary>Why a new timer's address is not one to call; null if it is.</summary>
    public static string? UrlProblem(string? url) => url is not null && SensitiveParts.IsMasked(url) ? Masked : null;

    /// <summary>Why a new timer's address or headers are not values to send: a mask stands for one that nobody has.</summary>
    public static IEnumerable<(string Field, string Reason)> Problems(TimerRequest request)
    {
        if (UrlProblem(request.Url) is { } problem)
        {
            yield return ("url", problem);
        }

        foreach (var (name, value) in request.Headers ?? new Dictionary<string, string>())
        {
            if (value == SensitiveParts.Mask && SensitiveParts.IsHeader(name))
            {
                yield return ($"headers.{name}", Masked);
            }
        }
    }
}
