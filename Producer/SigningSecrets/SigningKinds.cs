using Contracts.Signing;
using Producer.Http;

namespace Producer.SigningSecrets;

/// <summary>Kinds of signatures as clients write them.</summary>
internal static class SigningKinds
{
    public const string V1 = "v1";
    public const string V1a = "v1a";

    public static string Write(SigningKind kind) => kind == SigningKind.V1 ? V1 : V1a;

    /// <returns>Null if it is missing or, with an error, none.</returns>
    public static SigningKind? Read(string? text, FieldErrors errors)
    {
        switch (text)
        {
            case null: return null;
            case V1: return SigningKind.V1;
            case V1a: return SigningKind.V1a;
            default:
                errors.Add("kind", $"must be {V1} or {V1a}");
                return null;
        }
    }
}
