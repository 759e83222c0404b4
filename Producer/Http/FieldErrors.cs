using FluentValidation.Results;

namespace Producer.Http;

/// <summary>All errors of a request, per field: a bounded number is listed, and the others are counted.</summary>
/// <param name="listed">Shared by the items of one request; null for a request of its own.</param>
internal sealed class FieldErrors(ErrorRoom? listed = null)
{
    /// <summary>Maximum number of reasons in a response; a long request can have any number of errors.</summary>
    private const int MaxReasons = 100;

    /// <summary>A field's name comes from the client and is not echoed without bound.</summary>
    private const int MaxNameLength = 200;

    private Dictionary<string, List<string>>? reasons;
    private int count;
    private int hidden;

    public bool Any => count + hidden > 0;

    public void Add(string field, string reason)
    {
        if (count == MaxReasons || listed?.TryTake() == false)
        {
            hidden++;
            return;
        }

        count++;
        var name = field.Length <= MaxNameLength ? field : field[..MaxNameLength];
        reasons ??= new(StringComparer.Ordinal);
        if (!reasons.TryGetValue(name, out var list))
        {
            reasons[name] = list = [];
        }

        list.Add(reason);
    }

    public bool Has(string field) => reasons?.ContainsKey(field) == true;

    /// <summary>Whether there is a reason for the field, for a part of it, or for something that it is a part of.</summary>
    public bool Concern(string field)
    {
        return reasons?.Keys.Any(name => name == field || IsPart(name, field) || IsPart(field, name)) == true;

        static bool IsPart(string part, string whole) =>
            part.Length > whole.Length && part[whole.Length] is '.' or '[' && part.StartsWith(whole, StringComparison.Ordinal);
    }

    /// <summary>Whether there are reasons, and no others than these.</summary>
    public bool IsOnly(params (string Field, string[] Reasons)[] known) =>
        count > 0 && hidden == 0 && reasons!.All(
            each => known.Any(one => one.Field == each.Key && each.Value.TrueForAll(reason => one.Reasons.Contains(reason))));

    /// <summary>Adds a validator's errors, except for fields that could not even be read.</summary>
    public void Add(ValidationResult result)
    {
        List<ValidationFailure>? news = null;
        foreach (var failure in result.Errors)
        {
            if (!Has(failure.PropertyName))
            {
                (news ??= []).Add(failure);
            }
        }

        foreach (var failure in news ?? [])
        {
            Add(failure.PropertyName, failure.ErrorMessage);
        }
    }

    /// <summary>Adds those of another check of the same request whose fields are not named here.</summary>
    public void AddMissing(FieldErrors other)
    {
        foreach (var (field, found) in other.reasons ?? [])
        {
            if (!Has(field))
            {
                found.ForEach(reason => Add(field, reason));
            }
        }

        hidden = Math.Max(hidden, other.hidden);
    }

    /// <summary>The reasons by field; <c>$</c> tells how many are not listed.</summary>
    public Dictionary<string, string[]> ToDictionary()
    {
        var found = reasons?.ToDictionary(pair => pair.Key, pair => pair.Value.ToArray()) ?? [];
        if (hidden > 0)
        {
            var more = hidden == 1 ? "has 1 more error, which is not listed" : $"has {hidden} more errors, which are not listed";
            found["$"] = [.. found.GetValueOrDefault("$", []), more];
        }

        return found;
    }
}
