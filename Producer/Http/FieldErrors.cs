using FluentValidation.Results;

namespace Producer.Http;

/// <summary>All errors of a request, per field.</summary>
internal sealed class FieldErrors
{
    /// <summary>Maximum number of reasons in a response; a long request can have any number of errors.</summary>
    private const int MaxReasons = 100;

    /// <summary>A field's name comes from the client and is not echoed without bound.</summary>
    private const int MaxNameLength = 200;

    private Dictionary<string, List<string>>? reasons;
    private int count;

    public bool Any => count > 0;

    public void Add(string field, string reason)
    {
        if (count == MaxReasons)
        {
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

    public Dictionary<string, string[]> ToDictionary() => reasons?.ToDictionary(pair => pair.Key, pair => pair.Value.ToArray()) ?? [];
}
