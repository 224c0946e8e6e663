//! The columns of the register that have a place in the platform.

use crate::import::columns::columns;

columns! {
    /// A column of the register of buildings.
    pub enum Column {
        Key = "OSEBuildingID",
        Year = "DataYear",
        Kind = "BuildingType",
        Use = "PrimaryPropertyType",
        Name = "PropertyName",
        Address = "Address",
        City = "City",
        State = "State",
        PostalCode = "ZipCode",
        Parcel = "TaxParcelIdentificationNumber",
        District = "CouncilDistrictCode",
        Neighborhood = "Neighborhood",
        Latitude = "Latitude",
        Longitude = "Longitude",
        YearBuilt = "YearBuilt",
        Buildings = "NumberofBuildings",
        Floors = "NumberofFloors",
        Area = "PropertyGFATotal",
        ParkingArea = "PropertyGFAParking",
        BuildingArea = "PropertyGFABuilding(s)",
        Uses = "ListOfAllPropertyUseTypes",
        Compliance = "ComplianceStatus",
    }
}
