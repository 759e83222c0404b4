using FluentValidation.Results;

namespace Producer.Http;

/// <summary>What is wrong with a request, per field; all of it, not the first of it.</summary>
internal sealed class FieldErrors
{
    /// <summary>Reasons that an answer names at most; a request can be wrong in as many places as it is long.</summary>
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

    /// <summary>Adds what a validator found, apart from fields that could not be read in the first place.</summary>
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
