//! The same cases for a folder and for S3, and what is particular to each.
mod bucket;
mod cases;
mod folder;
mod s3;
