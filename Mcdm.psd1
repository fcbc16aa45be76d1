@{
    RootModule           = 'module/Mcdm.psm1'
    ModuleVersion = '0.3.0'
    GUID                 = '5b0f4f0e-6a53-4c2e-9a0b-7f6f2b1c9d34'
    Author               = 'The Mcdm founders'
    CompanyName          = 'The Mcdm founders'
    Copyright            = '(c) The Mcdm founders. MIT licence.'
    Description          = 'Image generation under several priors at once: a sentence, a sketch, a partial segmentation mask. Each prior has its own diffusion model, and the models are combined while sampling.'
    PowerShellVersion    = '7.4'
    CompatiblePSEditions = @('Core')
    FormatsToProcess     = @('module/Mcdm.Format.ps1xml')
    CmdletsToExport      = @(
        'ConvertTo-McdmPlot'
        'ConvertTo-McdmSketch'
        'Export-McdmGallery'
        'Export-McdmModel'
        'Get-McdmDevice'
        'Get-McdmModel'
        'Import-McdmDataset'
        'Import-McdmJob'
        'Import-McdmModel'
        'Install-McdmRuntime'
        'Invoke-McdmSample'
        'Join-McdmImage'
        'Measure-McdmImage'
        'Measure-McdmRun'
        'Measure-McdmVariance'
        'New-McdmCondition'
        'Remove-McdmModel'
        'Save-McdmImage'
        'Save-McdmModel'
        'Show-McdmImage'
        'Start-McdmTraining'
        'Uninstall-McdmRuntime'
    )
    FunctionsToExport    = @()
    AliasesToExport      = @()
    VariablesToExport    = @()
    PrivateData          = @{
        PSData = @{
            Tags = @('diffusion', 'image', 'generation', 'multimodal', 'sketch', 'segmentation', 'PSEdition_Core')
            # No ProjectUri: the sources have no public address yet.
            LicenseUri = 'https://spdx.org/licenses/MIT.html'
        }
    }
}
