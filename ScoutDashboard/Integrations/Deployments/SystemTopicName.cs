using System.Security.Cryptography;
using System.Text;

namespace ScoutDashboard.Integrations.Deployments;

/// <summary>Names of Event Grid system topics: 3 to 50 letters, digits and dashes, unique in their resource group.</summary>
public static class SystemTopicName
{
    private const int MaxLength = 50;

    public static bool IsValid(string name) => name.Length is >= 3 and <= MaxLength && name.All(character => char.IsAsciiLetterOrDigit(character) || character == '-');

    /// <summary>The plain name with the registry's behind it; a long registry name is cut and ends in a hash of the whole.</summary>
    public static string For(string registryName)
    {
        var name = $"{AzureNames.SystemTopic}-{registryName}";
        return name.Length <= MaxLength ? name : $"{name[..(MaxLength - 9)]}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(registryName)))[..8]}";
    }
}
