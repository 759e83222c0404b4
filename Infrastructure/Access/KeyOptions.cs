using System.ComponentModel.DataAnnotations;
using Contracts.Access;

namespace Infrastructure.Access;

/// <summary>When keys are needed, and where the first one comes from.</summary>
public sealed class KeyOptions : IValidatableObject
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Keys";

    /// <summary>
    /// IfAny: nobody needs a key until there is one, and the service listens on loopback only. Always: everybody needs one, and a Producer
    /// that finds none makes one for an administrator and prints it once; the images use this. Never: keys are not looked for, and the
    /// service listens on loopback only. Default IfAny.
    /// </summary>
    [EnumDataType(typeof(KeyNeed))]
    public KeyNeed Need { get; set; }

    /// <summary>
    /// A key for an administrator of the default tenant, as <c>timers keys generate</c> makes one; Producers add it if they do not know it
    /// yet. Default none.
    /// </summary>
    public string? First { get; set; }

    /// <summary>A file that holds that key instead. Default none.</summary>
    public string? FirstFile { get; set; }

    /// <summary>How long keys that were valid serve while the store does not answer, 0 to 1 h. Default 5 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan OutageAllowance { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Origins of pages that may call with a key that they have, separated by commas: <c>https://app.example.com</c>. Default none; pages
    /// with a publishable key need not be named here.
    /// </summary>
    [RegularExpression(@"^\s*(https?://[^\s/,]+\s*(,\s*|$))*$")]
    public string Origins { get; set; } = string.Empty;

    /// <summary>The first key, from wherever it is given; null for none.</summary>
    public string? ReadFirst() => !string.IsNullOrWhiteSpace(First) ? First.Trim()
        : string.IsNullOrWhiteSpace(FirstFile) ? null : File.ReadAllText(FirstFile).Trim();

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!string.IsNullOrWhiteSpace(First) && !string.IsNullOrWhiteSpace(FirstFile))
        {
            yield return new ValidationResult("is given twice, here and in FirstFile.", [nameof(First)]);
        }

        string? text = null;
        string? unreadable = null;
        try
        {
            text = ReadFirst();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            unreadable = error.Message;
        }

        if (unreadable is not null)
        {
            yield return new ValidationResult($"cannot be read: {unreadable}", [nameof(FirstFile)]);
        }
        else if (text is not null && !KeyText.TryParse(text, out _))
        {
            yield return new ValidationResult(
                "is not a key. Make one with: timers keys generate",
                [string.IsNullOrWhiteSpace(First) ? nameof(FirstFile) : nameof(First)]);
        }
    }
}
